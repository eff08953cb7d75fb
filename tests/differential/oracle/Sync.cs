// The same contract, served by the real pipeline; contract.py makes its records and methods, which ask this. It plays our own rules on
// seed.json of the folder above as far as it takes to see from outside how the record was read: which fields were missing, and what
// exactly the others said. It remembers nothing; our server is reset for each request.
using System;
using System.Collections.Generic;
using System.Data;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Web;
using System.Web.Script.Serialization;
using System.Web.Services;
using System.Xml.Schema;
using System.Xml.Serialization;
using Json = System.Collections.Generic.Dictionary<string, object>;

[WebService(Namespace = "https://app.smartbutton.com/Services/Sync")]
public partial class Sync
{
    /// Only our server could tell (phone numbers, e-mail addresses, countries); the comparison takes any return code of ours for this.
    private const int Unjudged = -1;

    private static readonly Json Program = ReadSeed();

    /// The list of the seed that a reference names an item of, and the code for one that isn't there.
    private static readonly Dictionary<string, KeyValuePair<string, int>> References = new Dictionary<string, KeyValuePair<string, int>> {
        { "PhoneNumberTypeExternalReference", new KeyValuePair<string, int>("phone_number_types", 308) },
        { "EmailTypeExternalReference", new KeyValuePair<string, int>("email_types", 307) },
        { "AddressTypeExternalReference", new KeyValuePair<string, int>("address_types", 309) },
        { "AccountIdTypeExternalReference", new KeyValuePair<string, int>("account_id_types", 319) },
        { "LoyaltyClubExternalReference", new KeyValuePair<string, int>("loyalty_clubs", 1700) },
    };

    /// The checks of all operations in their order; 0 if there is nothing to refuse.
    private static int Check(string token, bool isRead, int member, string reference, string item, string[] required)
    {
        switch (token)
        {
            case "TEST-TOKEN": break;
            case "READ-ONLY-TOKEN": if (isRead) break; return 101;
            case "SUSPENDED-TOKEN": return 102;
            case "TEMPLATE-TOKEN": return 103;
            case "EXPIRED-TOKEN": return 105;
            default: return Regex.IsMatch(token ?? "", "^TMP-[0-9A-Za-z]{32}\\z") ? 104 : 100;
        }
        if (required.Any(text => Trim(text) == "")) return 2;
        // A number without a digit is none, which counts as missing.
        if (reference == "PhoneNumberTypeExternalReference" && !Regex.IsMatch(required[1], "\\d")) return 2;
        if (Member(member) == null) return 311;
        return reference == null || Has(References[reference].Key, item) ? 0 : References[reference].Value;
    }

    // What follows is what each operation does behind these.

    /// Who joins, leaves or removes something changes nothing that is seen.
    private static int Answer(object call, object answer) { return 0; }

    private static int Answer(reqSyncMemberIsInLoyaltyClub call, respMemberIsInLoyaltyClub answer)
    {
        bool isIn = List(Member(call.MemberId), "loyalty_clubs").Contains(Trim(call.LoyaltyClubExternalReference));
        answer.MemberIsInLoyaltyClub = isIn ? 1 : 0;
        return 0;
    }

    private static int Answer(reqFetchAccountCore call, respFetchAccountCore answer)
    {
        Json member = Member(call.MemberId);
        answer.FirstName = Text(member, "first_name");
        answer.MiddleName = Text(member, "middle_name");
        answer.LastName = Text(member, "last_name");
        answer.Suffix = Text(member, "suffix");
        answer.NickName = Text(member, "nick_name");
        string birthdate = Text(member, "birthdate");
        if (birthdate != "")
            answer.Birthdate = DateTime.Parse(birthdate).ToString("dd-MMM-yyyy", CultureInfo.InvariantCulture);
        answer.Gender = Text(member, "gender");
        answer.IsEmployee = Flag(member, "is_employee");
        answer.IsSuspended = Flag(member, "is_suspended");
        answer.IsLocked = Flag(member, "is_locked");
        return 0;
    }

    private static int Answer(reqSaveAccountCore call, respSaveAccountCore answer)
    {
        string[] names = { call.FirstName, call.MiddleName, call.LastName, call.Suffix, call.NickName };
        return names.All(name => Trim(name).Length <= 60) && IsBirthdate(Trim(call.Birthdate))
            && Regex.IsMatch(Trim(call.Gender), "^(m|male|f|female|)\\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant) ? 0 : 1;
    }

    private static int Answer(reqFetchAccountAddress call, respFetchAccountAddress answer)
    {
        string type = Trim(call.AddressTypeExternalReference);
        Json address = List(Member(call.MemberId), "addresses").Cast<Json>().FirstOrDefault(one => Text(one, "type") == type);
        answer.AddressTypeExternalReference = type;
        if (address == null) return 0;
        answer.AddressLine1 = Text(address, "line_1");
        answer.AddressLine2 = Text(address, "line_2");
        answer.AddressLine3 = Text(address, "line_3");
        answer.City = Text(address, "city");
        answer.Region = Text(address, "region");
        answer.RegionAbbrev = Text(address, "region_abbreviation");
        answer.PostalCode = Text(address, "postal_code");
        answer.Country = Text(address, "country");
        answer.CountryAbbrev = Text(address, "country_abbreviation");
        answer.IsValid = Flag(address, "is_valid");
        return 0;
    }

    /// Judges Ontario in Canada, written in a few ways, as in the requests that are mutated.
    private static int Answer(reqSaveAccountAddress call, respSaveAccountAddress answer)
    {
        string[] lines = { call.AddressLine1, call.AddressLine2, call.AddressLine3, call.City };
        lines = lines.Select(line => Regex.Replace(Trim(line), "\\s+", " ")).ToArray();
        string postalCode = Regex.Replace(Trim(call.PostalCode), "\\s+", "").ToUpperInvariant();
        bool isOntario = Regex.IsMatch(Trim(call.Region), "^(on|ON|Ontario)\\z") && Regex.IsMatch(Trim(call.Country), "^(CA|CAN|Canada)\\z");
        if (lines.Any(line => line.Length > 120)) return isOntario ? 1 : Unjudged;
        if (!isOntario || !Regex.IsMatch(postalCode, "^([A-Z][0-9]){3}\\z")) return Unjudged;
        answer.SavedAddressLine1 = lines[0];
        answer.SavedAddressLine2 = lines[1];
        answer.SavedAddressLine3 = lines[2];
        answer.SavedCity = lines[3];
        answer.SavedRegion = "Ontario";
        answer.SavedRegionAbbrev = "ON";
        answer.SavedPostalCode = postalCode.Insert(3, " ");
        answer.SavedCountry = "Canada";
        answer.SavedCountryAbbrev = "CA";
        return 0;
    }

    private static int Answer(reqSaveAccountEmail call, respSaveAccountEmail answer)
    {
        string address = Trim(call.EmailAddress);
        if (!Regex.IsMatch(address, "^[0-9A-Za-z]{1,60}@([0-9A-Za-z]{1,60}\\.){1,2}[0-9A-Za-z]{1,60}\\z")) return Unjudged;
        int at = address.IndexOf('@');
        answer.SavedEmailAddress = address.Substring(0, at) + address.Substring(at).ToLowerInvariant();
        return 0;
    }

    private static int Answer(reqSaveAccountPhone call, respSaveAccountPhone answer)
    {
        string carrier = Trim(call.MobileCarrierExternalReference);
        if (carrier != "" && !Has("mobile_carriers", carrier)) return 316;
        string number = Regex.Replace(call.PhoneNumber, "^\\s*(\\+|00)?", "");
        string digits = Regex.Replace(number, "[-. ()]", "");
        if (!Regex.IsMatch(digits, "^1[2-9][0-9]{9}\\z")) return Unjudged;
        answer.SavedPhoneNumber = Regex.Replace(digits, "^1(...)(...)(....)$", "+1 $1-$2-$3");
        return 0;
    }

    private static int Answer(reqFetchAccountIds call, respFetchAccountIds answer)
    {
        answer.AccountIds = new dsAccountIds();
        foreach (Json id in List(Member(call.MemberId), "account_ids"))
            answer.AccountIds.Tables[0].Rows.Add(
                Text(id, "id"), Text(id, "type"), Flag(id, "is_inactive"), Flag(id, "is_inactive_for_devices"));
        // As if the rows came from a database: those made in code would be told as changes.
        answer.AccountIds.AcceptChanges();
        return 0;
    }

    private static int Answer(reqSaveAccountId call, respSaveAccountId answer)
    {
        string id = Trim(call.AccountId);
        if (id.Length > 60) return 1;
        var others = List(Program, "members").Cast<Json>().Where(member => (int)member["member_id"] != call.MemberId);
        return others.Any(member => List(member, "account_ids").Cast<Json>().Any(one => Text(one, "id") == id)) ? 318 : 0;
    }

    private static int Answer(reqSaveAccountCustomFields call, respSaveAccountCustomFields answer)
    {
        var pairs = call.CustomFieldPairs ?? new recCustomFieldKeyValuePair[0];
        return pairs.All(pair => pair != null && IsTaken(Trim(pair.CustomFieldExternalReference), Trim(pair.CustomFieldValue))) ? 0 : 803;
    }

    /// Whether a custom field takes the value: the seed has four types of them.
    private static bool IsTaken(string reference, string value)
    {
        Json field = List(Program, "custom_fields").Cast<Json>().FirstOrDefault(one => Text(one, "external_reference") == reference);
        if (field == null || value == "") return field != null;
        switch (Text(field, "type"))
        {
            case "text": return value.Length <= 1000;
            case "integer": int number; return Regex.IsMatch(value, "^[-+]?[0-9]+\\z") && int.TryParse(value, out number);
            case "dropdown": return List(field, "options").Contains(value);
            default:
                var parts = value.Split(';').Select(part => part.Trim()).Where(part => part != "").ToList();
                return parts.Count > 0 && parts.All(part => List(field, "options").Contains(part));
        }
    }

    private static bool IsBirthdate(string text)
    {
        if (text == "") return true;
        Match parts = Regex.Match(text, "^([0-9]{1,2})([-/])([0-9]{1,2})\\2([0-9]{4})\\z");
        DateTime date;
        return parts.Success
            && DateTime.TryParseExact(
                parts.Groups[1] + "/" + parts.Groups[3] + "/" + parts.Groups[4], "M/d/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out date)
            && date.Year >= 1753 && date <= DateTime.UtcNow.Date;
    }

    // The seed.

    private static Json ReadSeed()
    {
        string text = File.ReadAllText(Path.Combine(HttpRuntime.AppDomainAppPath, "seed.json"));
        var seed = (Json)new JavaScriptSerializer().DeserializeObject(text);
        return (Json)List(seed, "programs")[0];
    }

    private static IList<object> List(Json record, string name)
    {
        object value;
        return record.TryGetValue(name, out value) ? (object[])value : new object[0];
    }

    private static string Text(Json record, string name)
    {
        object value;
        return record.TryGetValue(name, out value) ? (string)value ?? "" : "";
    }

    private static int Flag(Json record, string name)
    {
        object value;
        return record.TryGetValue(name, out value) && (bool)value ? 1 : 0;
    }

    private static Json Member(int id)
    {
        return List(Program, "members").Cast<Json>().FirstOrDefault(member => (int)member["member_id"] == id);
    }

    private static bool Has(string list, string reference)
    {
        return List(Program, list).Cast<Json>().Any(item => Text(item, "external_reference") == Trim(reference));
    }

    private static string Trim(string text) { return (text ?? "").Trim(); }
}

/// What Visual Studio makes of a schema with this name, as far as the wire goes.
[XmlSchemaProvider("GetTypedDataSetSchema")]
[XmlRoot("dsAccountIds")]
public class dsAccountIds : DataSet
{
    public dsAccountIds()
    {
        DataSetName = "dsAccountIds";
        Prefix = "";
        Namespace = "http://tempuri.org/dsAccountIds.xsd";
        DataTable table = Tables.Add("AccountIds");
        table.Columns.Add("AccountId", typeof(string));
        table.Columns.Add("AccountIdTypeExternalReference", typeof(string));
        table.Columns.Add("IsInactive", typeof(int));
        table.Columns.Add("IsInactiveForDevices", typeof(int));
    }

    public static XmlSchemaComplexType GetTypedDataSetSchema(XmlSchemaSet schemas)
    {
        var dataSet = new dsAccountIds();
        schemas.Add(XmlSchema.Read(new StringReader(dataSet.GetXmlSchema()), null));
        var sequence = new XmlSchemaSequence();
        sequence.Items.Add(new XmlSchemaAny { Namespace = dataSet.Namespace });
        return new XmlSchemaComplexType { Particle = sequence };
    }
}
