//! Who holds a number, holds it at every API.

use serde_json::json;

use super::{ADA, ALAN, Apis, GRACE};

const THEIRS: &str = "Unknown.ResourceOwnerId";
/// 2390, as the errors documented for the operation have it.
const SERVER_ERROR: u64 = 2204;

#[test]
fn a_number_that_one_api_saved_is_refused_by_the_others() {
    Apis::everywhere(|apis| {
        let [by_sync, by_cams, by_pims] = ["+33611110001", "+33611110002", "+33611110003"];
        // All three prove that they own each of the others' numbers, while it is free.
        let codes = [by_sync, by_cams].map(|number| apis.certify(number));
        for number in [by_sync, by_cams, by_pims] {
            apis.migrate(number);
        }
        let own = apis.certify(by_pims);

        assert_eq!(apis.save(ALAN, by_sync), 0);
        assert_eq!(apis.register(by_cams), "OK");
        assert_eq!(apis.modify(by_pims, &own), 0);

        assert_eq!([by_cams, by_pims].map(|number| apis.save(ALAN, number)), [315, 315]);
        assert_eq!([by_sync, by_pims].map(|number| apis.register(number)), [THEIRS, THEIRS]);
        assert_eq!(apis.modify(by_sync, &codes[0]), SERVER_ERROR);
        assert_eq!(apis.modify(by_cams, &codes[1]), SERVER_ERROR);
        for (member, number) in [(ADA, by_pims), (GRACE, by_cams)] {
            assert_eq!(apis.numbers_of(member), [number], "a refusal changes nothing");
        }
        assert!(apis.numbers_of(ALAN).contains(&by_sync.to_owned()));
    });
}

#[test]
fn what_one_api_changes_the_others_see() {
    Apis::everywhere(|apis| {
        assert_eq!(apis.pims.trusted_number(), "0600000000");
        assert_eq!(apis.save(ADA, "+33611110011"), 0);
        assert_eq!(apis.pims.trusted_number(), "0611110011");
        let code = apis.certify("+33611110012");
        assert_eq!(apis.modify("+33611110012", &code), 0);
        assert_eq!(apis.numbers_of(ADA), ["+33611110012"]);
        assert_eq!(apis.save(ALAN, "+33611110011"), 0, "the account gave it up");
        apis.migrate("+33611110013");
        assert_eq!(apis.register("+33611110013"), "OK");
        assert_eq!(apis.save(GRACE, "+33611110014"), 0, "it takes the place of the registered one");
        assert_eq!(apis.numbers_of(GRACE), ["+33611110014"]);
        assert_eq!(apis.save(ALAN, "+33611110013"), 0, "which is free now");
        assert_eq!(apis.register("+33611110013"), THEIRS);
    });
}

#[test]
fn where_duplicates_are_allowed_no_api_refuses_them() {
    Apis::everywhere(|apis| {
        let allowed = json!({"duplicate_phone_check": false});
        assert_eq!(apis.tell("PATCH", "/programs/demo/settings", &allowed).0, 200);
        let number = "+33611110021";
        assert_eq!(apis.save(ALAN, number), 0);
        apis.migrate(number);
        assert_eq!(apis.register(number), "OK");
        let code = apis.certify(number);
        assert_eq!(apis.modify(number, &code), 0);
        for member in [ADA, ALAN, GRACE] {
            assert!(apis.numbers_of(member).contains(&number.to_owned()), "{member}");
        }
    });
}

#[test]
fn a_code_of_one_api_is_none_at_the_other() {
    Apis::everywhere(|apis| {
        let number = "+33611110031";
        apis.cams("CreateChatappMigrationInitiate", number, &[("CountryCode", "33"), ("MobileNumber", "611110031")]);
        let of_pims = apis.certify(number);
        let answer = apis.cams("ChatappMigrationVerified", number, &[("VerifyCode", &of_pims)]);
        assert_eq!(crate::cams::caller::code(&answer), "InvalidVerifyCode");
        apis.cams("GetMigrationVerifyCode", number, &[("Locale", "en_US"), ("Method", "sms")]);
        let of_cams = apis.pims.last_code(number);
        if of_cams != of_pims {
            assert_eq!(apis.modify(number, &of_cams), 2102);
        }
        assert_eq!(apis.modify(number, &of_pims), 0, "it still is what it was");
    });
}
