<?php
// PHP's SoapClient saves phone numbers in SOAP 1.1 and 1.2: php soap_client.php BASE_URL

// The one way to another SOAPAction: SoapClient takes the action from the WSDL and hands it to this method.
final class ClientWithWrongAction extends SoapClient
{
    public function __doRequest($request, $location, $action, $version, $oneWay = false): ?string
    {
        return parent::__doRequest($request, $location, 'urn:nope', $version, $oneWay);
    }
}

function call_with(string $number): array
{
    return [
        'SecurityToken' => 'TEST-TOKEN',
        'MemberId' => 1001,
        'PhoneNumberTypeExternalReference' => 'WORK',
        'PhoneNumber' => $number,
        'MobileCarrierExternalReference' => 'ROGERS',
        'IsValid' => 1,
    ];
}

// Name, what differs from a good call, expected return code, expected saved number.
function cases(string $saved): array
{
    return [
        ['a number is saved', [], 0, $saved],
        ['the carrier may be left out', ['MobileCarrierExternalReference' => null], 0, $saved],
        ['an unknown phone number type is 308', ['PhoneNumberTypeExternalReference' => 'FAX'], 308, ''],
        ['an unknown member is 311', ['MemberId' => 9999], 311, ''],
        ["another member's number is 315", ['PhoneNumber' => '+1 519 555 0199'], 315, ''],
        ['an unknown carrier is 316', ['MobileCarrierExternalReference' => 'NOBODY'], 316, ''],
    ];
}

// What came back, in words: a refusal thrown as an exception then reads as one.
function outcome(SoapClient $client, array $call): string
{
    try {
        $result = $client->SaveAccountPhone(['preqSaveAccountPhone' => $call])->SaveAccountPhoneResult;
    } catch (Throwable $error) {
        return get_class($error) . ': ' . $error->getMessage();
    }
    return json_encode([$result->ReturnCode, $result->SavedPhoneNumber]);
}

// The start decides: the text of some faults goes on with a position and a cause.
function check(string $name, string $expected, string $got): void
{
    echo str_starts_with($got, $expected) ? "ok: $name\n" : "failed: $name: expected $expected, got $got\n";
}

$wsdl = $argv[1] . '/Services/Sync.asmx?WSDL';

foreach ([
    ['1.1', SOAP_1_1, '+1 (519) 555-0151', '+1 519-555-0151'],
    ['1.2', SOAP_1_2, '15195550152', '+1 519-555-0152'],
] as [$version, $constant, $number, $saved]) {
    $options = ['soap_version' => $constant, 'cache_wsdl' => WSDL_CACHE_NONE];
    $client = new SoapClient($wsdl, $options);

    foreach (cases($saved) as [$name, $changes, $code, $savedNumber]) {
        check("SOAP $version: $name", json_encode([$code, $savedNumber]), outcome($client, $changes + call_with($number)));
    }

    // SoapClient turns letters into 0, but lets a number through that an xsd:int can't hold.
    check(
        "SOAP $version: a MemberId beyond 32 bits is a fault",
        'SoapFault: Server was unable to read request. ---> There is an error in XML document (',
        outcome($client, ['MemberId' => 3000000000] + call_with($number)),
    );
}

// In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
check(
    'SOAP 1.1: an unknown SOAPAction is a fault',
    'SoapFault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.',
    outcome(new ClientWithWrongAction($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE]), call_with('15195550151')),
);
