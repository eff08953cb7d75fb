// gSOAP (C++) makes calls of the table in SOAP 1.1 and 1.2: gsoap_client BASE_URL

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "SyncSoap.nsmap"
#include "soapSyncSoapProxy.h"

using std::string;

std::vector<string> split(const string &text, const string &separator) {
    std::vector<string> parts;
    size_t start = 0, end;
    while ((end = text.find(separator, start)) != string::npos) {
        parts.push_back(text.substr(start, end - start));
        start = end + separator.size();
    }
    parts.push_back(text.substr(start));
    return parts;
}

/** The fields of a call, by name. What is too large for an int is told by a fault before it is read. */
struct Fields {
    std::map<string, string> values{{"SecurityToken", "TEST-TOKEN"}};

    string *text(const char *name) { return values.count(name) ? &values[name] : nullptr; }
    int number(const char *name) { return static_cast<int>(std::stoll(values.at(name))); }
};

/** A line of the table whose path is in CALLS. */
struct Call {
    string name, operation, expected;
    Fields fields;
};

std::vector<Call> calls() {
    std::vector<Call> calls;
    std::ifstream table(std::getenv("CALLS"));
    for (string line; std::getline(table, line);) {
        const auto cells = split(line, " | ");
        if (line[0] == '#' || cells.size() != 4)
            continue;
        Call call{cells[0], cells[1], cells[3], {}};
        for (const auto &field : split(cells[2], "; "))
            call.fields.values[field.substr(0, field.find('='))] = field.substr(field.find('=') + 1);
        calls.push_back(call);
    }
    return calls;
}

string field(const char *name, const string *text) { return text ? string(name) + "=" + *text + "; " : ""; }
string field(const char *name, int number) { return string(name) + "=" + std::to_string(number); }

/** The rows of a data set, which gSOAP gives as text: of its two elements the second, the diffgram. */
string rows(const std::vector<char *> &elements) {
    const string text = elements.empty() || !elements.back() ? "" : elements.back();
    const std::regex row("<AccountId>([^<]*)</AccountId><AccountIdTypeExternalReference>([^<]*)</AccountIdTypeExternalReference>"
                         "<IsInactive>([^<]*)</IsInactive><IsInactiveForDevices>([^<]*)</IsInactiveForDevices>");
    string found;
    for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at)
        found += (found.empty() ? "" : ", ") + at->format("$1/$2/$3/$4");
    return found;
}

/** What came back, in words: a refusal seen as a fault then reads as one. */
template <class Result> string outcome(SyncSoapProxy &proxy, int error, const Result *result, std::function<string(const Result &)> words) {
    if (error && proxy.soap_fault())
        return string("Fault ") + *soap_faultcode(proxy.soap) + ": " + proxy.soap_fault_string();
    if (error || !result)
        return "no result, error " + std::to_string(error);
    return words(*result);
}

/** Makes a call; the methods with an underscore behind their names are made of the binding SyncSoap12, the others of SyncSoap. */
#define CALL(OPERATION, WORDS)                                                                                                   \
    _ns1__##OPERATION request;                                                                                                   \
    request.preq##OPERATION = &record;                                                                                           \
    _ns1__##OPERATION##Response response;                                                                                        \
    const int error = version == 1 ? proxy.OPERATION(nullptr, action, &request, response)                                        \
                                   : proxy.OPERATION##_(nullptr, action, &request, response);                                    \
    return outcome<ns1__resp##OPERATION>(proxy, error, response.OPERATION##Result, [](const ns1__resp##OPERATION &result) { return WORDS; })

using Operation = std::function<string(SyncSoapProxy &, int version, const char *action, Fields fields)>;

const std::map<string, Operation> OPERATIONS = {
    {"SaveAccountPhone", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqSaveAccountPhone record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        record.PhoneNumberTypeExternalReference = fields.text("PhoneNumberTypeExternalReference");
        record.PhoneNumber = fields.text("PhoneNumber");
        record.MobileCarrierExternalReference = fields.text("MobileCarrierExternalReference");
        record.IsValid = fields.number("IsValid");
        CALL(SaveAccountPhone, field("ReturnCode", result.ReturnCode) + "; " + field("SavedPhoneNumber", result.SavedPhoneNumber));
    }},
    {"SaveAccountEmail", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqSaveAccountEmail record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        record.EmailTypeExternalReference = fields.text("EmailTypeExternalReference");
        record.EmailAddress = fields.text("EmailAddress");
        record.IsValid = fields.number("IsValid");
        CALL(SaveAccountEmail, field("ReturnCode", result.ReturnCode) + "; " + field("SavedEmailAddress", result.SavedEmailAddress));
    }},
    {"FetchAccountCore", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqFetchAccountCore record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        CALL(FetchAccountCore, field("Birthdate", result.Birthdate) + field("FirstName", result.FirstName)
            + field("Gender", result.Gender) + field("IsEmployee", result.IsEmployee) + "; " + field("IsLocked", result.IsLocked) + "; "
            + field("IsSuspended", result.IsSuspended) + "; " + field("LastName", result.LastName) + field("MiddleName", result.MiddleName)
            + field("NickName", result.NickName) + field("ReturnCode", result.ReturnCode) + "; " + field("Suffix", result.Suffix));
    }},
    {"SaveAccountCore", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqSaveAccountCore record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        record.FirstName = fields.text("FirstName");
        record.MiddleName = fields.text("MiddleName");
        record.LastName = fields.text("LastName");
        record.Birthdate = fields.text("Birthdate");
        record.Gender = fields.text("Gender");
        CALL(SaveAccountCore, field("ReturnCode", result.ReturnCode));
    }},
    {"SaveAccountId", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqSaveAccountId record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        record.AccountIdTypeExternalReference = fields.text("AccountIdTypeExternalReference");
        record.AccountId = fields.text("AccountId");
        record.IsInactive = fields.number("IsInactive");
        record.IsInactiveForDevices = fields.number("IsInactiveForDevices");
        CALL(SaveAccountId, field("ReturnCode", result.ReturnCode));
    }},
    {"DeleteAccountId", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqDeleteAccountId record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        record.AccountId = fields.text("AccountId");
        CALL(DeleteAccountId, field("ReturnCode", result.ReturnCode));
    }},
    {"FetchAccountIds", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqFetchAccountIds record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        CALL(FetchAccountIds, (result.AccountIds ? "AccountIds=" + rows(result.AccountIds->__any) + "; " : string())
            + field("ReturnCode", result.ReturnCode));
    }},
    {"SaveAccountCustomFields", [](SyncSoapProxy &proxy, int version, const char *action, Fields fields) {
        ns1__reqSaveAccountCustomFields record;
        record.SecurityToken = fields.text("SecurityToken");
        record.MemberId = fields.number("MemberId");
        ns1__ArrayOfRecCustomFieldKeyValuePair array;
        const string *text = fields.text("CustomFieldPairs");
        if (text) {
            record.CustomFieldPairs = &array;
            for (const auto &pair : split(text->substr(1, text->size() - 2), ", ")) {
                if (pair.empty())
                    continue;
                auto *item = soap_new_ns1__recCustomFieldKeyValuePair(proxy.soap);
                item->CustomFieldExternalReference = soap_new_std__string(proxy.soap);
                *item->CustomFieldExternalReference = pair.substr(0, pair.find(':'));
                item->CustomFieldValue = soap_new_std__string(proxy.soap);
                *item->CustomFieldValue = pair.substr(pair.find(':') + 1);
                array.recCustomFieldKeyValuePair.push_back(item);
            }
        }
        CALL(SaveAccountCustomFields, field("ReturnCode", result.ReturnCode));
    }},
};

void check(const string &name, const string &expected, string got) {
    if (got.size() > 2 && got.substr(got.size() - 2) == "; ")
        got.resize(got.size() - 2);
    if (got == expected)
        std::cout << "ok: " << name << "\n";
    else
        std::cout << "failed: " << name << ": expected " << expected << ", got " << got << "\n";
}

int main(int, char **arguments) {
    const string endpoint = string(arguments[1]) + "/Services/Sync.asmx";
    SyncSoapProxy proxy(endpoint.c_str(), SOAP_C_UTFSTRING);

    for (const int version : {1, 2}) {
        const string prefix = "SOAP 1." + std::to_string(version) + ": ";
        for (const auto &call : calls())
            if (OPERATIONS.count(call.operation) && call.expected.rfind("Fault: ", 0) != 0)
                check(prefix + call.name, call.expected, OPERATIONS.at(call.operation)(proxy, version, nullptr, call.fields));

        string text = "x";
        std::set<string> seen;
        for (const auto &call : calls()) {
            if (!OPERATIONS.count(call.operation) || !seen.insert(call.operation).second)
                continue;
            proxy.soap_header(&text); // An answer takes it away.
            check(prefix + call.operation + " with a header block that must be understood is a fault",
                  "Fault SOAP-ENV:MustUnderstand: SOAP header Security was not understood.",
                  OPERATIONS.at(call.operation)(proxy, version, nullptr, call.fields));
        }
        proxy.soap_noheader();
    }

    // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
    Fields fields;
    fields.values["MemberId"] = "1002";
    check("SOAP 1.1: an unknown SOAPAction is a fault",
          "Fault SOAP-ENV:Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
          OPERATIONS.at("FetchAccountIds")(proxy, 1, "urn:nope", fields));
}
