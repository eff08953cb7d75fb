import pytest
import zeep.exceptions


def test_a_number_is_saved(emulator, save):
    answer = save(1, "+1 (519) 555-0123")
    assert (answer.ReturnCode, answer.SavedPhoneNumber) == (0, "+1 519-555-0123")
    member = emulator.ask("GET", "programs/suite/members/1")
    assert [phone["number"] for phone in member["phones"]] == ["+15195550123"]


def test_a_number_of_another_member_is_315(save):
    assert save(1, "+1 519 555 0199").ReturnCode == 315


def test_a_call_that_breaks_on_purpose_is_made_again(emulator, save):
    rule = {"program": "suite", "operation": "SaveAccountPhone", "times": 1, "answer": {"soap_fault": "Timeout expired."}}
    emulator.ask("POST", "faults", rule)
    with pytest.raises(zeep.exceptions.Fault, match="Timeout expired"):
        save(1, "+1 519 555 0123")
    assert save(1, "+1 519 555 0123").ReturnCode == 0
    entries = emulator.ask("GET", "journal?program=suite&operation=SaveAccountPhone")["entries"]
    assert [entry["return_code"] for entry in entries] == [None, 0]
