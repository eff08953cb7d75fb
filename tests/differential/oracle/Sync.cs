// The same contract, served by the real pipeline; contract.py makes its record types. The methods play our own rules as far as
// it takes to see from outside how the record was read: which fields were missing, and what exactly the others said.
using System.Text.RegularExpressions;
using System.Web.Services;

[WebService(Namespace = "https://app.smartbutton.com/Services/Sync")]
public class Sync : WebService
{
    /// Only our server's phone-number library could tell; the comparison takes any return code of ours for this one.
    private const int Unjudged = -1;

    [WebMethod]
    public respSaveAccountPhone SaveAccountPhone(reqSaveAccountPhone preqSaveAccountPhone)
    {
        var answer = new respSaveAccountPhone();
        answer.ReturnCode = Save(preqSaveAccountPhone, answer);
        return answer;
    }

    [WebMethod]
    public respSaveAccountEmail SaveAccountEmail(reqSaveAccountEmail preqSaveAccountEmail)
    {
        var answer = new respSaveAccountEmail();
        answer.ReturnCode = Save(preqSaveAccountEmail, answer);
        return answer;
    }

    [WebMethod]
    public respDeleteAccountEmailAddress DeleteAccountEmailAddress(reqDeleteAccountEmailAddress preqDeleteAccountEmailAddress)
    {
        var answer = new respDeleteAccountEmailAddress();
        answer.ReturnCode = Delete(preqDeleteAccountEmailAddress);
        return answer;
    }

    /// The checks of our operation in their order, on seed.json in the folder above.
    private static int Save(reqSaveAccountPhone call, respSaveAccountPhone answer)
    {
        if (call == null) return 1;
        int refusal = CheckToken(call.SecurityToken);
        if (refusal != 0) return refusal;
        string type = (call.PhoneNumberTypeExternalReference ?? "").Trim();
        string carrier = (call.MobileCarrierExternalReference ?? "").Trim();
        string number = call.PhoneNumber ?? "";
        if (type == "" || !Regex.IsMatch(number, "\\d")) return 2;
        if (call.MemberId < 1001 || call.MemberId > 1003) return 311;
        if (type != "HOME" && type != "WORK" && type != "MOBILE") return 308;
        if (carrier != "" && carrier != "ROGERS" && carrier != "BELL" && carrier != "TELUS") return 316;
        number = Regex.Replace(number, "^\\s*(\\+|00)?", "");
        string digits = Regex.Replace(number, "[-. ()]", "");
        if (!Regex.IsMatch(digits, "^1[2-9][0-9]{9}\\z")) return Unjudged;
        answer.SavedPhoneNumber = Regex.Replace(digits, "^1(...)(...)(....)$", "+1 $1-$2-$3");
        return 0;
    }

    private static int Save(reqSaveAccountEmail call, respSaveAccountEmail answer)
    {
        if (call == null) return 1;
        int refusal = CheckToken(call.SecurityToken);
        if (refusal != 0) return refusal;
        string type = (call.EmailTypeExternalReference ?? "").Trim();
        string address = (call.EmailAddress ?? "").Trim();
        if (type == "" || address == "") return 2;
        if (call.MemberId < 1001 || call.MemberId > 1003) return 311;
        if (type != "PRIMARY" && type != "WORK") return 307;
        if (!Regex.IsMatch(address, "^[0-9A-Za-z]{1,60}@([0-9A-Za-z]{1,60}\\.){1,2}[0-9A-Za-z]{1,60}\\z")) return Unjudged;
        int at = address.IndexOf('@');
        answer.SavedEmailAddress = address.Substring(0, at) + address.Substring(at).ToLowerInvariant();
        return 0;
    }

    private static int Delete(reqDeleteAccountEmailAddress call)
    {
        if (call == null) return 1;
        int refusal = CheckToken(call.SecurityToken);
        if (refusal != 0) return refusal;
        string type = (call.EmailTypeExternalReference ?? "").Trim();
        if (type == "") return 2;
        if (call.MemberId < 1001 || call.MemberId > 1003) return 311;
        return type == "PRIMARY" || type == "WORK" ? 0 : 307;
    }

    private static int CheckToken(string token)
    {
        switch (token)
        {
            case "TEST-TOKEN": return 0;
            case "READ-ONLY-TOKEN": return 101;
            case "SUSPENDED-TOKEN": return 102;
            case "TEMPLATE-TOKEN": return 103;
            case "EXPIRED-TOKEN": return 105;
            default: return Regex.IsMatch(token ?? "", "^TMP-[0-9A-Za-z]{32}\\z") ? 104 : 100;
        }
    }
}
