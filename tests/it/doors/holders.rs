//! Who holds a number, holds it at every door.

use serde_json::json;

use super::{ADA, ALAN, Doors, GRACE};

const THEIRS: &str = "Unknown.ResourceOwnerId";
/// 2390, as the errors documented for the operation have it.
const SERVER_ERROR: u64 = 2204;

#[test]
fn a_number_that_one_door_saved_is_refused_by_the_others() {
    Doors::everywhere(|doors| {
        let [by_sync, by_cams, by_pims] = ["+33611110001", "+33611110002", "+33611110003"];
        // All three prove that they own each of the others' numbers, while it is free.
        let codes = [by_sync, by_cams].map(|number| doors.certify(number));
        for number in [by_sync, by_cams, by_pims] {
            doors.migrate(number);
        }
        let own = doors.certify(by_pims);

        assert_eq!(doors.save(ALAN, by_sync), 0);
        assert_eq!(doors.register(by_cams), "OK");
        assert_eq!(doors.modify(by_pims, &own), 0);

        assert_eq!([by_cams, by_pims].map(|number| doors.save(ALAN, number)), [315, 315]);
        assert_eq!([by_sync, by_pims].map(|number| doors.register(number)), [THEIRS, THEIRS]);
        assert_eq!(doors.modify(by_sync, &codes[0]), SERVER_ERROR);
        assert_eq!(doors.modify(by_cams, &codes[1]), SERVER_ERROR);
        for (member, number) in [(ADA, by_pims), (GRACE, by_cams)] {
            assert_eq!(doors.numbers_of(member), [number], "a refusal changes nothing");
        }
        assert!(doors.numbers_of(ALAN).contains(&by_sync.to_owned()));
    });
}

#[test]
fn what_one_door_changes_the_others_see() {
    Doors::everywhere(|doors| {
        assert_eq!(doors.pims.trusted_number(), "0600000000");
        assert_eq!(doors.save(ADA, "+33611110011"), 0);
        assert_eq!(doors.pims.trusted_number(), "0611110011");
        let code = doors.certify("+33611110012");
        assert_eq!(doors.modify("+33611110012", &code), 0);
        assert_eq!(doors.numbers_of(ADA), ["+33611110012"]);
        assert_eq!(doors.save(ALAN, "+33611110011"), 0, "the account gave it up");
        doors.migrate("+33611110013");
        assert_eq!(doors.register("+33611110013"), "OK");
        assert_eq!(doors.save(GRACE, "+33611110014"), 0, "it takes the place of the registered one");
        assert_eq!(doors.numbers_of(GRACE), ["+33611110014"]);
        assert_eq!(doors.save(ALAN, "+33611110013"), 0, "which is free now");
        assert_eq!(doors.register("+33611110013"), THEIRS);
    });
}

#[test]
fn where_duplicates_are_allowed_no_door_refuses_them() {
    Doors::everywhere(|doors| {
        let allowed = json!({"duplicate_phone_check": false});
        assert_eq!(doors.tell("PATCH", "/programs/demo/settings", &allowed).0, 200);
        let number = "+33611110021";
        assert_eq!(doors.save(ALAN, number), 0);
        doors.migrate(number);
        assert_eq!(doors.register(number), "OK");
        let code = doors.certify(number);
        assert_eq!(doors.modify(number, &code), 0);
        for member in [ADA, ALAN, GRACE] {
            assert!(doors.numbers_of(member).contains(&number.to_owned()), "{member}");
        }
    });
}

#[test]
fn a_code_of_one_door_is_none_at_the_other() {
    Doors::everywhere(|doors| {
        let number = "+33611110031";
        doors.cams("CreateChatappMigrationInitiate", number, &[("CountryCode", "33"), ("MobileNumber", "611110031")]);
        let of_pims = doors.certify(number);
        let answer = doors.cams("ChatappMigrationVerified", number, &[("VerifyCode", &of_pims)]);
        assert_eq!(crate::cams::caller::code(&answer), "InvalidVerifyCode");
        doors.cams("GetMigrationVerifyCode", number, &[("Locale", "en_US"), ("Method", "sms")]);
        let of_cams = doors.pims.last_code(number);
        if of_cams != of_pims {
            assert_eq!(doors.modify(number, &of_cams), 2102);
        }
        assert_eq!(doors.modify(number, &of_pims), 0, "it still is what it was");
    });
}
