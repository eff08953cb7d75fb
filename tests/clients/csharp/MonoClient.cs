// Mono's proxy makes the calls of the table in SOAP 1.1 or 1.2, as the wsdl tool made it: mono MonoClient.exe BASE_URL

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Reflection;
using System.Web.Services.Protocols;
using System.Xml;

static class MonoClient
{
    static string version;

    // Name, operation, fields that are sent, and what has to come back, of the table whose path is in CALLS.
    static IEnumerable<string[]> Calls()
    {
        return File.ReadLines(Environment.GetEnvironmentVariable("CALLS"))
            .Where(line => !line.StartsWith("#") && line.Contains(" | "))
            .Select(line => line.Split(new[] { " | " }, StringSplitOptions.None));
    }

    // A record of the generated classes.
    static object Record(Type type, IEnumerable<string> sent, string separator)
    {
        var record = Activator.CreateInstance(type);
        foreach (var field in sent.Select(field => field.Split(separator.ToCharArray(), 2)))
            type.GetProperty(field[0]).SetValue(record, Value(type.GetProperty(field[0]).PropertyType, field[1]));
        return record;
    }

    static object Value(Type type, string text)
    {
        // What is too large for an int is told by a fault before it is read.
        if (type == typeof(int)) return unchecked((int)long.Parse(text));
        if (!type.IsArray) return text;
        var pairs = text.Trim('{', '}').Split(new[] { ", " }, StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split(':'))
            .Select(pair => new recCustomFieldKeyValuePair { CustomFieldExternalReference = pair[0], CustomFieldValue = pair[1] });
        return pairs.ToArray();
    }

    // What came back, as the table has it: a refusal seen as a fault then reads as one.
    static string Outcome(Sync service, string operation, string sent)
    {
        var method = service.GetType().GetMethod(operation);
        var fields = sent.Split(new[] { "; " }, StringSplitOptions.None);
        if (!sent.Contains("SecurityToken=")) fields = fields.Concat(new[] { "SecurityToken=TEST-TOKEN" }).ToArray();
        try {
            var result = method.Invoke(service, new[] { Record(method.GetParameters()[0].ParameterType, fields, "=") });
            var got = result.GetType().GetProperties().OrderBy(field => field.Name, StringComparer.Ordinal)
                .Where(field => field.GetValue(result) != null)
                .Select(field => field.Name + "=" + Words(field.GetValue(result)));
            return string.Join("; ", got);
        } catch (TargetInvocationException error) {
            var fault = error.InnerException as SoapException;
            return fault == null ? error.InnerException.ToString() : "Fault " + fault.Code.Name + ": " + fault.Message;
        }
    }

    static string Words(object value)
    {
        var dataSet = value as dsAccountIds;
        if (dataSet == null) return value.ToString();
        return string.Join(", ", dataSet.AccountIds.Cast<dsAccountIds.AccountIdsRow>().Select(row =>
            row.AccountId + "/" + row.AccountIdTypeExternalReference + "/" + row.IsInactive + "/" + row.IsInactiveForDevices));
    }

    static void Check(string name, string expected, string got)
    {
        name = "SOAP " + version + ": " + name;
        Console.WriteLine(got == expected ? "ok: " + name : "failed: " + name + ": expected " + expected + ", got " + got);
    }

    static void Main(string[] arguments)
    {
        Console.OutputEncoding = new System.Text.UTF8Encoding(false);
        var url = arguments[0] + "/Services/Sync.asmx";
        var service = new Sync { Url = url };
        bool soap12 = service.SoapVersion == SoapProtocolVersion.Soap12;
        version = soap12 ? "1.2" : "1.1";

        foreach (var call in Calls().Where(call => !call[3].StartsWith("Fault: ")))
            Check(call[0], call[3], Outcome(service, call[1], call[2]));
        foreach (var call in Calls().GroupBy(call => call[1]).Select(calls => calls.First()))
            Check(call[1] + " with a header block that must be understood is a fault",
                "Fault MustUnderstand: SOAP header Security was not understood.",
                Outcome(new SyncWithHeader { Url = url }, call[1], call[2]));

        // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
        if (!soap12) {
            Check("an unknown SOAPAction is a fault",
                "Fault Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
                Outcome(new SyncWithWrongAction { Url = url }, "FetchAccountIds", "MemberId=1002"));
        }
    }
}

// A header block needs an attribute on the generated method, unless it is slipped in when the message is written.
class SyncWithHeader : Sync
{
    protected override XmlWriter GetWriterForMessage(SoapClientMessage message, int bufferSize)
    {
        var block = new XmlDocument().CreateElement("Security");
        message.Headers.Add(new SoapUnknownHeader { Element = block, MustUnderstand = true });
        return base.GetWriterForMessage(message, bufferSize);
    }
}

class SyncWithWrongAction : Sync
{
    protected override WebRequest GetWebRequest(Uri uri)
    {
        var request = base.GetWebRequest(uri);
        request.Headers["SOAPAction"] = "\"urn:nope\"";
        return request;
    }
}
