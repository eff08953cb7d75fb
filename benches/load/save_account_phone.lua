-- Load for wrk: SaveAccountPhone, a new number with every request; or a mixture with other calls. `scripts/bench` runs it against both servers.
--
--   wrk -s save_account_phone.lua http://127.0.0.1:PORT -- [seed=N] [verify] [members=N] [mixed | realistic] [numbers=FILE]
--
--   seed=N        another sequence of members and numbers. A sequence sent twice would save numbers that are already
--                 there, so every run takes a seed of its own.
--   verify        read the answers and count their return codes. Reading costs wrk more than asking, so measured
--                 runs go without.
--   members=N     saves of the first N members only (100,000).
--   mixed         half saves, half reads of the same members, whose instances of PIMS have been initialized: MIXTURE says which.
--   realistic     what the clients of a program might send, all operations in the shares that REALISTIC names.
--   numbers=FILE  numbers of every country, from make_numbers.py; otherwise all are North American.
--
-- Ends with lines for scripts/bench:  result REQUESTS_PER_SECOND P50_MS P99_MS FAILED  and  answer RETURN_CODE COUNT
--
-- wrk and the server share the machine: what this script spends is taken from the server. So whatever stays the same is
-- made once, the HTTP head included, and a request is one concatenation. That costs about 0.9 us more than sending one
-- fixed string; a pool of ready requests costs as much, since it falls out of the processor's cache.

local PATH = "/Services/Sync.asmx"
local NAMESPACE = "https://app.smartbutton.com/Services/Sync"

-- The first 100,000 members of make_seed.py. Their ids have six digits, so that Content-Length never changes.
local FIRST_MEMBER, LAST_MEMBER = 100001, 200000
local PHONE_NUMBER_TYPES = { "HOME", "WORK", "MOBILE" }
local CARRIERS = { "ROGERS", "" }

-- About 900 bytes, as a client made from the WSDL sends it through a gateway: indented, and with a header block that the
-- service doesn't know.
local ENVELOPE = [[
<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <soap:Header>
    <Correlation xmlns="https://gateway.example.com/correlation">8f14e45f-ceea-467f-a8b1-c1b5d2f0a7e3</Correlation>
  </soap:Header>
  <soap:Body>
    <$OPERATION xmlns="$NAMESPACE">
      <$PARAMETER>
        <SecurityToken>TEST-TOKEN</SecurityToken>
$FIELDS
      </$PARAMETER>
    </$OPERATION>
  </soap:Body>
</soap:Envelope>
]]

local random = math.random

-- The whole request, cut where the member and the number go. Both are held open by marks of the final length, because
-- wrk.format writes Content-Length now.
local member = ("@"):rep(#tostring(FIRST_MEMBER))

-- Seven digits that are others in every request.
local NUMBER = ("#"):rep(7)

-- A whole request; fields are names and values in turn. The records of clubs have a name of their own.
local function format(operation, fields)
  local elements = {}
  for place = 1, #fields, 2 do
    elements[#elements + 1] = ("        <%s>%s</%s>"):format(fields[place], fields[place + 1], fields[place])
  end
  local body = ENVELOPE:gsub("%$(%u+)", {
    OPERATION = operation, NAMESPACE = NAMESPACE, FIELDS = table.concat(elements, "\n"),
    PARAMETER = (operation:find("LoyaltyClub") and "preqSync" or "preq") .. operation,
  })
  local headers = {
    ["Content-Type"] = "text/xml; charset=utf-8",
    ["SOAPAction"] = '"' .. NAMESPACE .. "/" .. operation .. '"',
  }
  return wrk.format("POST", PATH, headers, body)
end

local function make_template(phone_number_type, carrier, number_length)
  local number = ("#"):rep(number_length)
  local request = format("SaveAccountPhone", {
    "MemberId", member, "PhoneNumberTypeExternalReference", phone_number_type, "PhoneNumber", number,
    "MobileCarrierExternalReference", carrier, "IsValid", "1",
  })
  local head, middle, tail = request:match("^(.*)" .. member .. "(.*)" .. number .. "(.*)$")
  return { head = head, middle = middle, tail = tail }
end

-- Every type with and without a carrier.
local function make_templates(number_length)
  local templates = {}
  for _, phone_number_type in ipairs(PHONE_NUMBER_TYPES) do
    for _, carrier in ipairs(CARRIERS) do
      templates[#templates + 1] = make_template(phone_number_type, carrier, number_length)
    end
  end
  return templates
end

-- Reads the number that SaveAccountPhone saves as MOBILE, through PIMS.
local function trusted_number_requests()
  local headers = { ["Content-Type"] = "application/json", ["X-Pims-Instance"] = "member-" .. member }
  local body = '{"api":"pims.authentication.trustedphonenumber"}'
  local head, tail = wrk.format("POST", "/pims/get", headers, body):match("^(.*)" .. member .. "(.*)$")
  return function() return head .. random(FIRST_MEMBER, LAST_MEMBER) .. tail end
end

-- Requests of an operation, for a member and with a number that change.
local function requests(operation, fields)
  local request = format(operation, fields)
  return function()
    local id, number = tostring(random(FIRST_MEMBER, LAST_MEMBER)), tostring(random(1000000, 9999999))
    return (request:gsub(member, id):gsub(NUMBER, number))
  end
end

-- Members save and remove addresses of their own, so that none is refused.
local function save_email_requests()
  return requests("SaveAccountEmail", {
    "MemberId", member, "EmailTypeExternalReference", "PRIMARY", "EmailAddress", member .. "@example.com", "IsValid", "1",
  })
end

local function remove_email_requests()
  return requests("DeleteAccountEmailAddress", { "MemberId", member, "EmailTypeExternalReference", "PRIMARY" })
end

local function save_new_email_requests()
  local address = "No" .. NUMBER .. "." .. member .. "@Example.com"
  return requests("SaveAccountEmail", {
    "MemberId", member, "EmailTypeExternalReference", "WORK", "EmailAddress", address, "IsValid", "1",
  })
end

local function save_address_requests()
  return requests("SaveAccountAddress", {
    "MemberId", member, "AddressTypeExternalReference", "HOME", "AddressLine1", NUMBER .. " King St", "AddressLine2", "",
    "AddressLine3", "", "City", "Toronto", "Region", "on", "PostalCode", "m5h1a1", "Country", "CAN", "IsValid", "1",
  })
end

local function save_custom_fields_requests()
  local function pair(field, value)
    return "<recCustomFieldKeyValuePair><CustomFieldExternalReference>" .. field .. "</CustomFieldExternalReference>"
      .. "<CustomFieldValue>" .. value .. "</CustomFieldValue></recCustomFieldKeyValuePair>"
  end
  local pairs = pair("SHIRT_SIZE", "L") .. pair("CHILDREN", NUMBER) .. pair("MOTTO", "Number " .. NUMBER)
  return requests("SaveAccountCustomFields", { "MemberId", member, "CustomFieldPairs", pairs })
end

local function fetch_core_requests() return requests("FetchAccountCore", { "MemberId", member }) end

local function fetch_ids_requests() return requests("FetchAccountIds", { "MemberId", member }) end

local function club_requests()
  local fields = { "LoyaltyClubExternalReference", "GOLD", "MemberId", member }
  local add, remove = requests("AddToLoyaltyClub", fields), requests("RemoveToLoyaltyClub", fields)
  return function() return random(2) == 1 and add() or remove() end
end

-- 6.4 thousand million numbers: among the 300,000 that a run can hold, one in 20,000 saves meets a number in use.
local function north_american_requests()
  local templates = make_templates(#"+15195550123")
  return function()
    local template = templates[random(#templates)]
    return template.head .. random(FIRST_MEMBER, LAST_MEMBER) .. template.middle
      .. "+1" .. random(200, 999) .. random(2000000, 9999999) .. template.tail
  end
end

-- The file has one number a line, its last digits written as X and left to chance: `+4930123XXXX`.
local function requests_of_every_country(file)
  local patterns, templates_by_length = {}, {}
  for line in io.lines(file) do
    local prefix, open = line:match("^(%+%d+)(X+)$")
    patterns[#patterns + 1] = { prefix = prefix, open = "%0" .. #open .. "d", limit = 10 ^ #open - 1, length = #line }
    templates_by_length[#line] = templates_by_length[#line] or make_templates(#line)
  end
  return function()
    local pattern = patterns[random(#patterns)]
    local templates = templates_by_length[pattern.length]
    local template = templates[random(#templates)]
    return template.head .. random(FIRST_MEMBER, LAST_MEMBER) .. template.middle
      .. pattern.prefix .. pattern.open:format(random(0, pattern.limit)) .. template.tail
  end
end

-- Each makes a function that gives requests. As many saves as reads are sent, and the operations of each list equally often.
local MIXTURE = {
  saves = { north_american_requests, save_email_requests, remove_email_requests },
  reads = { fetch_core_requests, fetch_ids_requests, trusted_number_requests },
}

local function mixed_requests()
  local kinds = {}
  for _, operations in pairs(MIXTURE) do
    local made = {}
    for _, requests in ipairs(operations) do made[#made + 1] = requests() end
    kinds[#kinds + 1] = made
  end
  return function()
    local operations = kinds[random(#kinds)]
    return operations[random(#operations)]()
  end
end

-- In percent.
local REALISTIC = {
  { 40, north_american_requests },
  { 15, fetch_core_requests },
  { 10, save_new_email_requests },
  { 10, save_address_requests },
  { 10, fetch_ids_requests },
  { 10, save_custom_fields_requests },
  { 5, club_requests },
}

local function realistic_requests()
  local drawn = {}
  for _, share in ipairs(REALISTIC) do
    local made = share[2]()
    for _ = 1, share[1] do drawn[#drawn + 1] = made end
  end
  return function() return drawn[random(#drawn)]() end
end

-- Return codes and how often they came; wrk's main state reads it from every thread at the end.
answers = {}

local function count_answer(status, _, body)
  local code = body:match("ReturnCode>(%-?%d+)</") or (body:find('"SUCCEEDED"', 1, true) and "0") or "http-" .. status
  answers[code] = (answers[code] or 0) + 1
end

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
  thread:set("thread_number", #threads)
end

function init(arguments)
  local options = {}
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^(%w+)=?(.*)$")
    options[name] = value
  end
  math.randomseed((tonumber(options.seed) or 0) * 1000 + thread_number)
  LAST_MEMBER = options.members and FIRST_MEMBER + tonumber(options.members) - 1 or LAST_MEMBER
  if options.mixed then
    request = mixed_requests()
  elseif options.realistic then
    request = realistic_requests()
  else
    request = options.numbers and requests_of_every_country(options.numbers) or north_american_requests()
  end
  -- wrk looks for this function, and only if it is there does it keep headers and bodies.
  response = options.verify and count_answer or nil
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  print(("result %.0f %.2f %.2f %d"):format(summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed))

  local totals = {}
  for _, thread in ipairs(threads) do
    for code, count in pairs(thread:get("answers")) do totals[code] = (totals[code] or 0) + count end
  end
  for code, count in pairs(totals) do print("answer " .. code .. " " .. count) end
end
