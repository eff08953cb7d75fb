// Mono's proxy saves phone numbers in SOAP 1.1 or 1.2, as the wsdl tool made it: mono MonoClient.exe BASE_URL

using System;
using System.Net;
using System.Web.Services.Protocols;
using System.Xml;

static class MonoClient
{
    static string version;

    static reqSaveAccountPhone CallWith(string number)
    {
        return new reqSaveAccountPhone {
            SecurityToken = "TEST-TOKEN",
            MemberId = 1001,
            PhoneNumberTypeExternalReference = "WORK",
            PhoneNumber = number,
            MobileCarrierExternalReference = "ROGERS",
            IsValid = 1,
        };
    }

    // What came back, in words: a refusal seen as a fault then reads as one.
    static string Outcome(Func<reqSaveAccountPhone, respSaveAccountPhone> save, reqSaveAccountPhone call)
    {
        try {
            var result = save(call);
            var saved = result.SavedPhoneNumber;
            return result.ReturnCode + (saved == null ? " without a number" : " '" + saved + "'");
        } catch (SoapException error) {
            return "SoapException " + error.Code.Name + ": " + error.Message;
        } catch (Exception error) {
            return error.GetType().Name + ": " + error.Message;
        }
    }

    static void Check(string name, string expected, string got)
    {
        name = "SOAP " + version + ": " + name;
        Console.WriteLine(got == expected ? "ok: " + name : "failed: " + name + ": expected " + expected + ", got " + got);
    }

    static void Main(string[] arguments)
    {
        var url = arguments[0] + "/Services/Sync.asmx";
        var service = new Sync { Url = url };
        bool soap12 = service.SoapVersion == SoapProtocolVersion.Soap12;
        version = soap12 ? "1.2" : "1.1";
        var number = soap12 ? "15195550182" : "+1 (519) 555-0181";
        var saved = soap12 ? "0 '+1 519-555-0182'" : "0 '+1 519-555-0181'";

        Action<string, Action<reqSaveAccountPhone>, string> checkCall = (name, change, expected) => {
            var call = CallWith(number);
            change(call);
            Check(name, expected, Outcome(service.SaveAccountPhone, call));
        };
        checkCall("a number is saved", call => {}, saved);
        checkCall("the carrier may be left out", call => call.MobileCarrierExternalReference = null, saved);
        checkCall("an unknown token is 100", call => call.SecurityToken = "NO-TOKEN", "100 ''");
        checkCall("an unknown phone number type is 308", call => call.PhoneNumberTypeExternalReference = "FAX", "308 ''");
        checkCall("an unknown member is 311", call => call.MemberId = 9999, "311 ''");
        checkCall("another member's number is 315", call => call.PhoneNumber = "+1 519 555 0199", "315 ''");
        checkCall("an unknown carrier is 316", call => call.MobileCarrierExternalReference = "NOBODY", "316 ''");

        Check("a header block that must be understood is a fault",
            "SoapException MustUnderstand: SOAP header Security was not understood.",
            Outcome(new SyncWithHeader { Url = url }.SaveAccountPhone, CallWith(number)));

        // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
        if (!soap12) {
            Check("an unknown SOAPAction is a fault",
                "SoapException Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
                Outcome(new SyncWithWrongAction { Url = url }.SaveAccountPhone, CallWith(number)));
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
