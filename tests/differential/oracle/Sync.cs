// The same contract, served by the real pipeline; contract.py makes its record types. The method plays our own rules as far as
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

    /// The checks of our operation in their order, on seed.json in the folder above.
    private static int Save(reqSaveAccountPhone call, respSaveAccountPhone answer)
    {
        if (call == null) return 1;
        switch (call.SecurityToken)
        {
            case "TEST-TOKEN": break;
            case "READ-ONLY-TOKEN": return 101;
            case "SUSPENDED-TOKEN": return 102;
            case "TEMPLATE-TOKEN": return 103;
            case "EXPIRED-TOKEN": return 105;
            default: return Regex.IsMatch(call.SecurityToken ?? "", "^TMP-[0-9A-Za-z]{32}\\z") ? 104 : 100;
        }
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
}
