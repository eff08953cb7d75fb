<?php
// PHP's SoapClient makes the calls of the table in SOAP 1.1 and 1.2: php soap_client.php BASE_URL

// The one way to another SOAPAction: SoapClient takes the action from the WSDL and hands it to this method.
final class ClientWithWrongAction extends SoapClient
{
    public function __doRequest($request, $location, $action, $version, $oneWay = false): ?string
    {
        return parent::__doRequest($request, $location, 'urn:nope', $version, $oneWay);
    }
}

// Name, operation, fields that are sent, and what has to come back, of the table whose path is in CALLS.
function calls(): array
{
    $lines = preg_grep('/^[^#].* \| /', file(getenv('CALLS'), FILE_IGNORE_NEW_LINES));
    return array_map(function (string $line): array {
        [$name, $operation, $sent, $expected] = explode(' | ', $line);
        $fields = ['SecurityToken' => 'TEST-TOKEN'];
        foreach (explode('; ', $sent) as $field) {
            [$key, $value] = explode('=', $field, 2);
            $fields[$key] = $key === 'CustomFieldPairs' ? array_of_pairs($value) : $value;
        }
        return [$name, $operation, $fields, $expected];
    }, $lines);
}

function array_of_pairs(string $text): array
{
    $pairs = array_filter(explode(', ', trim($text, '{}')));
    return ['recCustomFieldKeyValuePair' => array_map(function (string $pair): array {
        [$reference, $value] = explode(':', $pair);
        return ['CustomFieldExternalReference' => $reference, 'CustomFieldValue' => $value];
    }, $pairs)];
}

function parameter_of(string $operation): string
{
    $of_club = str_ends_with($operation, 'LoyaltyClub');
    return ($of_club ? 'preqSync' : 'preq') . str_replace('RemoveFrom', 'RemoveTo', $operation);
}

// The rows of the diffgram, which SoapClient gives as text.
function rows_of(object $dataSet): string
{
    $diffgram = new SimpleXMLElement('<any>' . $dataSet->any . '</any>');
    $diffgram->registerXPathNamespace('d', 'http://tempuri.org/dsAccountIds.xsd');
    $rows = array_map(fn ($row) => implode('/', array_map('strval', iterator_to_array($row->children(), false))),
        $diffgram->xpath('//d:dsAccountIds/d:AccountIds'));
    return implode(', ', $rows);
}

// What came back, as the table has it: a refusal thrown as an exception then reads as one.
function outcome(SoapClient $client, string $operation, array $fields): string
{
    try {
        $result = (array) $client->$operation([parameter_of($operation) => $fields])->{"{$operation}Result"};
    } catch (SoapFault $fault) {
        return 'Fault: ' . $fault->getMessage();
    } catch (Throwable $error) {
        return get_class($error) . ': ' . $error->getMessage();
    }
    ksort($result);
    $words = [];
    foreach ($result as $name => $value) {
        if ($value !== null) {
            $words[] = "$name=" . (is_object($value) ? rows_of($value) : $value);
        }
    }
    return implode('; ', $words);
}

// The start of a fault decides: its text goes on with a position and a cause.
function check(string $name, string $expected, string $got): void
{
    $is_right = str_starts_with($expected, 'Fault: ') ? str_starts_with($got, $expected) : $got === $expected;
    echo $is_right ? "ok: $name\n" : "failed: $name: expected $expected, got $got\n";
}

$wsdl = $argv[1] . '/Services/Sync.asmx?WSDL';

foreach (['1.1' => SOAP_1_1, '1.2' => SOAP_1_2] as $version => $constant) {
    $client = new SoapClient($wsdl, ['soap_version' => $constant, 'cache_wsdl' => WSDL_CACHE_NONE]);
    foreach (calls() as [$name, $operation, $fields, $expected]) {
        check("SOAP $version: $name", $expected, outcome($client, $operation, $fields));
    }
}

// In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
check(
    'SOAP 1.1: an unknown SOAPAction is a fault',
    'Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.',
    outcome(new ClientWithWrongAction($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE]), 'FetchAccountIds', ['MemberId' => 1002]),
);
