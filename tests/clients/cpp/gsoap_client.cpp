// gSOAP (C++) saves phone numbers in SOAP 1.1 and 1.2: gsoap_client BASE_URL

#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "SyncSoap.nsmap"
#include "soapSyncSoapProxy.h"

using std::string;

struct Call {
    string token = "TEST-TOKEN";
    int member_id = 1001;
    string type = "WORK";
    string number;
    std::optional<string> carrier = "BELL";
};

struct Case {
    string name;
    std::function<void(Call &)> change;
    string expected;
};

std::vector<Case> cases(const string &saved) {
    return {
        {"a number is saved", [](Call &) {}, "0 '" + saved + "'"},
        {"the carrier may be left out", [](Call &call) { call.carrier.reset(); }, "0 '" + saved + "'"},
        {"an unknown token is 100", [](Call &call) { call.token = "NO-TOKEN"; }, "100 ''"},
        {"an unknown phone number type is 308", [](Call &call) { call.type = "FAX"; }, "308 ''"},
        {"an unknown member is 311", [](Call &call) { call.member_id = 9999; }, "311 ''"},
        {"another member's number is 315", [](Call &call) { call.number = "+1 519 555 0199"; }, "315 ''"},
        {"an unknown carrier is 316", [](Call &call) { call.carrier = "NOBODY"; }, "316 ''"},
    };
}

// What came back, in words: a refusal seen as a fault then reads as one.
string outcome(SyncSoapProxy &proxy, int version, Call call, const char *action = nullptr) {
    ns1__reqSaveAccountPhone fields;
    fields.SecurityToken = &call.token;
    fields.MemberId = call.member_id;
    fields.PhoneNumberTypeExternalReference = &call.type;
    fields.PhoneNumber = &call.number;
    fields.MobileCarrierExternalReference = call.carrier ? &*call.carrier : nullptr;
    fields.IsValid = 1;

    _ns1__SaveAccountPhone request;
    request.preqSaveAccountPhone = &fields;
    _ns1__SaveAccountPhoneResponse response;

    // The one is made of the binding SyncSoap, the other of SyncSoap12.
    const int error = version == 1 ? proxy.SaveAccountPhone(nullptr, action, &request, response)
                                   : proxy.SaveAccountPhone_(nullptr, action, &request, response);
    if (error && proxy.soap_fault())
        return string("Fault ") + *soap_faultcode(proxy.soap) + ": " + proxy.soap_fault_string();
    if (error || !response.SaveAccountPhoneResult)
        return "no result, error " + std::to_string(error);
    const string *saved = response.SaveAccountPhoneResult->SavedPhoneNumber;
    return std::to_string(response.SaveAccountPhoneResult->ReturnCode) + (saved ? " '" + *saved + "'" : " without a number");
}

void check(const string &name, const string &expected, const string &got) {
    if (got == expected)
        std::cout << "ok: " << name << "\n";
    else
        std::cout << "failed: " << name << ": expected " << expected << ", got " << got << "\n";
}

int main(int, char **arguments) {
    const string endpoint = string(arguments[1]) + "/Services/Sync.asmx";
    SyncSoapProxy proxy(endpoint.c_str());

    struct Version {
        int number;
        string name, phone_number, saved;
    };
    for (const auto &[version, name, number, saved] : {
             Version{1, "SOAP 1.1: ", "+1 (519) 555-0161", "+1 519-555-0161"},
             Version{2, "SOAP 1.2: ", "15195550162", "+1 519-555-0162"},
         }) {
        Call good;
        good.number = number;

        for (const auto &[case_name, change, expected] : cases(saved)) {
            Call call = good;
            change(call);
            check(name + case_name, expected, outcome(proxy, version, call));
        }

        string text = "x";
        proxy.soap_header(&text);
        check(name + "a header block that must be understood is a fault",
              "Fault SOAP-ENV:MustUnderstand: SOAP header Security was not understood.", outcome(proxy, version, good));
        proxy.soap_noheader();

        // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
        if (version == 1)
            check(name + "an unknown SOAPAction is a fault",
                  "Fault SOAP-ENV:Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
                  outcome(proxy, version, good, "urn:nope"));
    }
}
