//! Two APIs, one number: exactly one of them gets it.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use super::caller::code;
use super::{BEGIN, REGISTER, SEND, VERIFY, call, start};

#[test]
fn a_number_that_arrives_and_is_saved_by_another_member_at_once_has_one_holder() {
    let app = start();
    for round in 0..40 {
        let number = format!("151955502{round:02}");
        app.prove("space", &number);
        let barrier = Barrier::new(2);
        let (arrived, saved) = thread::scope(|scope| {
            let (app, barrier, number) = (&app, &barrier, &number);
            let arrives = scope.spawn(move || {
                let request = call(REGISTER, "space", number);
                barrier.wait();
                app.said(&request)
            });
            barrier.wait();
            let saved = app.save_account_phone(5, "MOBILE", &format!("+{number}")).return_code();
            (arrives.join().expect("an answer"), saved)
        });
        match saved {
            0 => assert_eq!(arrived, (400, "Unknown.ResourceOwnerId".into())),
            code => assert_eq!((code, arrived), (315, (200, "OK".into()))),
        }
        let holds = |member: i32| {
            app.numbers_of(member).as_array().is_some_and(|all| all.contains(&json!(format!("+{number}"))))
        };
        assert_eq!((holds(1), holds(5)), (saved != 0, saved == 0), "{number}");
    }
}

#[test]
fn a_code_that_is_typed_in_by_many_at_once_is_one_proof() {
    let app = start();
    let number = "15195550101";
    app.succeeds(&call(BEGIN, "space", number));
    app.succeeds(&call(SEND, "space", number));
    let right = app.code_of(number);
    let answers = thread::scope(|scope| {
        let (app, right) = (&app, &right);
        let ask = move |place: usize| {
            let typed = if place.is_multiple_of(2) { right.as_str() } else { "wrong" };
            code(&app.cams(&call(VERIFY, "space", number).with("VerifyCode", Some(typed))))
        };
        let asking: Vec<_> = (0..8).map(|place| scope.spawn(move || ask(place))).collect();
        asking.into_iter().map(|asked| asked.join().expect("an answer")).collect::<Vec<_>>()
    });
    // Four wrong ones are as many as five tries leave room for, whenever they come.
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer, if place.is_multiple_of(2) { "OK" } else { "InvalidVerifyCode" });
    }
}
