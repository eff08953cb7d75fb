# soap4r (Ruby) makes the calls of the table in SOAP 1.1, the one version it speaks: ruby soap4r_client.rb BASE_URL

$VERBOSE = nil # Ruby has moved on since, and says so.
require 'soap/wsdlDriver'
require 'soap/header/simplehandler'

PORT = SOAP::WSDLDriverFactory.new("#{ARGV[0]}/Services/Sync.asmx?WSDL").create_rpc_driver('Sync', 'SyncSoap')

# A header block that the service doesn't know and must understand.
class HeaderBlock < SOAP::Header::SimpleHandler
  def initialize
    super(XSD::QName.new('urn:nope', 'Security'))
    self.mustunderstand = true
  end

  def on_simple_outbound
    'x'
  end
end

# Name, operation, fields that are sent, and what has to come back, of the table whose path is in CALLS.
def calls
  lines = File.readlines(ENV['CALLS'], chomp: true, encoding: 'UTF-8').grep(/\A[^#].* \| /)
  lines.map do |line|
    name, operation, sent, expected = line.split(' | ')
    fields = sent.split('; ').to_h { |field| field.split('=', 2) }
    fields['CustomFieldPairs'] &&= array(fields['CustomFieldPairs'])
    [name, operation, { 'SecurityToken' => 'TEST-TOKEN' }.merge(fields), expected]
  end
end

def array(text)
  pairs = text[1..-2].split(', ').map { |pair| pair.split(':') }
  pairs.map! { |reference, value| { 'CustomFieldExternalReference' => reference, 'CustomFieldValue' => value } }
  { 'recCustomFieldKeyValuePair' => pairs }
end

def parameter_of(operation)
  (operation.end_with?('LoyaltyClub') ? 'preqSync' : 'preq') + operation.sub('RemoveFrom', 'RemoveTo')
end

# What came back, as the table has it: a refusal raised as an error then reads as one.
def outcome(operation, fields)
  result = PORT.send(operation, { parameter_of(operation) => fields })["#{operation}Result"]
  result.__xmlele.map { |name, value| "#{name.name}=#{name.name == 'AccountIds' ? rows(value) : text(value)}" }.sort.join('; ')
rescue SOAP::FaultError => fault
  "Fault: #{fault.faultstring.text}"
rescue StandardError => error
  "#{error.class}: #{error.message}"
end

# An empty element is an object without anything in it.
def text(value)
  value.is_a?(SOAP::Mapping::Object) ? '' : value.to_s
end

def rows(data_set)
  found = data_set['diffgram']
  return '' unless found.is_a?(SOAP::Mapping::Object) && found['dsAccountIds']

  [found['dsAccountIds']['AccountIds']].flatten.map { |row| row.__xmlele.map { |_, value| text(value) }.join('/') }.join(', ')
end

def check(name, expected, got)
  puts got == expected ? "ok: SOAP 1.1: #{name}" : "failed: SOAP 1.1: #{name}: expected #{expected}, got #{got}"
end

# soap4r refuses by itself what is too large for an int.
sound = calls.reject { |*, expected| expected.start_with?('Fault: ') }
sound.each { |name, operation, fields, expected| check(name, expected, outcome(operation, fields)) }

PORT.headerhandler << HeaderBlock.new
sound.uniq { |_, operation| operation }.each do |_, operation, fields|
  check("#{operation} with a header block that must be understood is a fault",
        'Fault: SOAP header Security was not understood.', outcome(operation, fields))
end
