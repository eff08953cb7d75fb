//! Three APIs, one number: exactly one gets it.

use std::sync::Barrier;
use std::thread;

use super::{ADA, ALAN, Apis, GRACE};

const ROUNDS: usize = 40;

#[test]
fn three_apis_race_for_a_number_and_one_wins() {
    Apis::everywhere(|apis| {
        let mut winners = [0; 3];
        for round in 0..ROUNDS {
            let number = format!("+3362222{round:04}");
            apis.migrate(&number);
            let code = apis.certify(&number);
            let start = Barrier::new(3);
            let won = thread::scope(|scope| {
                let race = |save: Box<dyn FnOnce() -> bool + Send>| {
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        save()
                    })
                };
                let (number, code) = (number.clone(), code.clone());
                let (second, third) = (number.clone(), number.clone());
                let racers = [
                    race(Box::new(move || match apis.save(ALAN, &number) {
                        0 => true,
                        code => {
                            assert_eq!(code, 315);
                            false
                        }
                    })),
                    race(Box::new(move || match apis.register(&second).as_str() {
                        "OK" => true,
                        code => {
                            assert_eq!(code, "Unknown.ResourceOwnerId");
                            false
                        }
                    })),
                    race(Box::new(move || match apis.modify(&third, &code) {
                        0 => true,
                        code => {
                            assert_eq!(code, 2204);
                            false
                        }
                    })),
                ];
                racers.map(|racer| racer.join().expect("a racer"))
            });
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "round {round}: {won:?}");
            for ((api, won), member) in won.into_iter().enumerate().zip([ALAN, GRACE, ADA]) {
                winners[api] += usize::from(won);
                assert_eq!(apis.numbers_of(member).contains(&number), won, "round {round}, member {member}");
            }
        }
        assert_eq!(winners.iter().sum::<usize>(), ROUNDS, "{winners:?}");
    });
}
