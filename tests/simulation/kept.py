"""Stories of years that broke a promise once, as short as they could be made.

A seed tells another story as soon as there is a new verb, so the story itself is kept, with the
seed of its company.
"""

from __future__ import annotations

from tests.simulation.planted.bug import s

KEPT = (
    # An approval ended the hold of whoever had left and was put on hold by hand, and did nothing.
    (
        388,
        (
            s("lose_a_right", name="department_id", is_told=True, reach=2),
            s("overtake", function="poller", at=29, what="sweep", n=11, reach=2),
            s("work_once", reach=20),
            s("enter_the_next_hire_by_hand", key="norway", is_theirs=False),
            s("rename_a_legal_entity", entity="Nordfab AS", is_followed=True),
            s("change_many", count=8, what="terminate", pause=0),
            s("work_once", reach=20),
            s("delete_an_employee", n=11, is_replaced=True),
            s("edit_an_employee", n=4, fields={"status": "OnHold"}),
        ),
    ),
    # The auditor took the rest of a create whose answer was lost for a change of its own.
    (
        744,
        (
            s("create_and_forget", then="another company", is_late=False),
            s("change_the_default_class", key="norway", code="EXEC", is_heard=True),
            s("transfer", n=-1, how="late"),
            s("change_many", count=8, what="relocate", pause=0),
        ),
    ),
    # A row that is none, at the first place of a list, ended every sweep before it began.
    (6, (s("mix_in_an_odd_row", row=0, reach=2),)),
    # A row that is none was taken for the proof that a filter is honest which never shows any.
    (
        353,
        (s("mix_in_an_odd_row", row=1, reach=1), s("relocate", n=3, place="Stockholm", how="late")),
    ),
    # The auditor counted whoever came from another company where they arrived, and not where they
    # left: of those who would leave in the same run, all were held.
    (
        621,
        (
            s(
                "hire",
                department="Production",
                place="Gardermoen",
                entity="Nordfab AB",
                kind="Hourly full-time",
                ago=1,
            ),
            s("move", n=6, department="Finance", how="at once"),
            s("terminate_ahead", n=11, days=10, is_told_early=False),
            s("move", n=13, department="Management", how="at once"),
            s("change_employment_type", n=7, kind="Hourly full-time", how="late"),
            s(
                "hire_ahead",
                department="Finance",
                place="Bergen",
                entity="Nordfab AB",
                kind="Salaried full-time",
                days=4,
            ),
            s("work_once", reach=20),
            s("terminate_ahead", n=13, days=9, is_told_early=True),
            s("change_many", count=6, what="transfer", pause=0),
            s("transfer", n=15, how="at once"),
        ),
    ),
    # What was rejected while the employment type was hidden was done once it was shown again.
    (
        1216,
        (
            s("change_many", count=8, what="terminate", pause=0),
            s("lose_an_expansion", name="employment_type", reach=5),
            s("change_many", count=12, what="terminate", pause=30),
            s("reject_one", n=9),
            s("transfer", n=7, how="at once"),
            s("answer_with_nonsense", n=2, method="POST", is_applied=False, reach=1),
        ),
    ),
    # What a lost create had written and the next write emptied was nowhere in the audit.
    (
        771,
        (
            s("type_a_wrong_number", is_first_back=False),
            s(
                "rehire",
                n=8,
                days=4,
                department="Sales",
                entity="Nordfab AS",
                is_new=True,
            ),
            s("create_and_forget", then="no hire at all", is_late=False),
            s("bring_many_back", reach=2),
            s("terminate_ahead", n=2, days=2, is_told_early=True),
            s("change_user", n=13, part="work_phone", is_empty=True),
        ),
    ),
    # After a lost create of somebody who came back, the employment of before counted for good.
    (
        952,
        (
            s(
                "hire_ahead",
                department="Management",
                place="Gardermoen",
                entity="Nordfab AB",
                kind="Hourly full-time",
                days=9,
            ),
            s("write_slowly", n=3, method="POST", reach=20),
            s("trouble_rippling", n=2, what="429", reach=5),
            s("rehire", n=9, days=-1, department="Management", entity="Nordfab AB", is_new=False),
            s("change_the_lead", key="norway", lead="3"),
            s("terminate_ahead", n=-1, days=1, is_told_early=True),
            s("be_outlasted", at=35, n=-1, reach=5),
            s("be_outlasted", at=3, n=9, reach=2),
            s("change_email", n=11, how="at once", is_taken_away=False),
        ),
    ),
    # A writer that was taken for dead created somebody, and nobody knew of it: not the audit, and
    # not whoever had to make the employee inactive.
    (
        670,
        (
            s("be_told_by_a_webhook", n=5),
            s("transfer", n=14, how="at once"),
            s("be_outlasted", at=30, n=-1, reach=2),
        ),
    ),
    (
        1937,
        (
            s("create_and_forget", then="another company", is_late=False),
            s(
                "hire",
                department="Finance",
                place="Stockholm",
                entity="Nordfab AS",
                kind="Salaried full-time",
                ago=1,
            ),
            s("be_outlasted", at=33, n=-1, reach=20),
            s("change_many", count=12, what="terminate", pause=0),
        ),
    ),
    # An employment had begun, its first day was hidden without a word, and the older one counted.
    (
        2505,
        (
            s("rehire", n=12, days=4, department="Finance", entity="Nordfab AS", is_new=False),
            s("let_days_pass", days=9, is_punctual=False),
            s("throttle", function="poller", at=80, reach=1),
            s("lose_a_right", name="start_date", is_told=False, reach=20),
        ),
    ),
    # Pages of a while ago were the proof that a filter is honest which never shows any row.
    (
        2496,
        (
            s("trouble_rippling", n=8, what="stale", reach=1),
            s("enter_the_next_hire_by_hand", key="sweden", is_theirs=True),
        ),
    ),
    # By the older API, whoever left and was hired again before anyone looked stayed who they were.
    (
        2002,
        (
            s("terminate", n=2, ago=0, how="at once"),
            s("rehire", n=13, days=0, department="Sales", entity="Nordfab AS", is_new=False),
        ),
    ),
    # The tick that the others were compared with was none: a killed poller still had its lease.
    (
        908,
        (
            s("terminate_ahead", n=-1, days=2, is_told_early=False),
            s("lag", function="releaser", at=155, seconds=130, reach=5),
            s("let_days_pass", days=10, is_punctual=True),
            s("kill", function="poller", at=18, reach=2),
            s("stand_still", ticks=3),
        ),
    ),
    # What finance had edited was put back, the answer was lost, and no row told of it.
    (
        1068,
        (
            s("edit_an_employee", n=15, fields={"contact.phone1": "+47 000 11111"}),
            s("answer_with_nonsense", n=4, method="PUT", is_applied=True, reach=5),
            s("regain_all_rights", reach=2),
        ),
    ),
    (
        1854,
        (
            s("lose_answers", n=4, method="PUT", what="an answer and the line", reach=20),
            s("change_many", count=12, what="transfer", pause=400),
            s("give_an_employee_another_code", n=0, is_replaced=False),
        ),
    ),
    # Whoever was hired again between two ticks was asked about by the old employment alone.
    (
        1855,
        (
            s("terminate", n=5, ago=3, how="at once"),
            s("relocate", n=12, place="Stockholm", how="silently"),
            s("rehire", n=8, days=-2, department="Robotics", entity="Nordfab AS", is_new=True),
        ),
    ),
    # No run has found the new one when the old one is dealt with: the documentation tells it.
    (
        1506,
        (
            s("create_and_forget", then="no hire at all", is_late=False),
            s("rehire", n=7, days=-1, department="Robotics", entity="Nordfab AB", is_new=True),
        ),
    ),
    (
        1421,
        (
            s("change_many", count=12, what="terminate", pause=0),
            s("rehire", n=6, days=0, department="Sales", entity="Nordfab AB", is_new=False),
        ),
    ),
    # A contractor whose hire as an employee was taken back stayed where no contractor is wanted.
    (
        5249,
        (
            s("terminate_ahead", n=3, days=11, is_told_early=True),
            s(
                "hire",
                department="Production",
                place="Gardermoen",
                entity="Nordfab AB",
                kind="Hourly full-time",
                ago=1,
            ),
            s("terminate", n=0, ago=1, how="silently"),
            s("take_a_hire_back", n=12, department="Finance"),
            s("change_the_scope", key="norway", word="true"),
            s("change_many", count=4, what="transfer", pause=0),
        ),
    ),
    # The auditor counted a create whose answer was lost again when the rest of it was done.
    (
        6298,
        (
            s("create_and_forget", then="another address", is_late=False),
            s("kill", function="writer", at=32, reach=2),
            s("type_a_wrong_number", is_first_back=True),
            s(
                "hire",
                department="Management",
                place="Stockholm",
                entity="Nordfab AS",
                kind="Salaried full-time",
                ago=1,
            ),
            s("let_days_pass", days=2, is_punctual=False),
            s("type_a_wrong_number", is_first_back=True),
        ),
    ),
    (
        6449,
        (
            s("create_and_forget", then="another company", is_late=True),
            s("trouble_rippling", n=8, what="garbage", reach=5),
            s("create_and_forget", then="another address", is_late=False),
            s("type_a_wrong_number", is_first_back=True),
            s("open_or_close_a_cost_centre", key="norway", value="500", is_open=False),
            s("let_days_pass", days=1, is_punctual=True),
            s("sweep", reach=2),
            s("type_a_wrong_number", is_first_back=False),
            s("type_a_wrong_number", is_first_back=True),
            s("create_and_forget", then="another address", is_late=False),
        ),
    ),
    # Time did not pass until a worker's first message could be received, as others lay behind it.
    (
        6626,
        (
            s("create_and_forget", then="another address", is_late=False),
            s("run_out_of_calls", calls=10, reach=20),
            s("change_many", count=12, what="move", pause=400),
            s("let_hours_pass", hours=12, is_punctual=True),
            s("overtake", function="releaser", at=16, what="finance", n=15, reach=2),
            s("let_hours_pass", hours=5, is_punctual=True),
            s("work_once", reach=20),
        ),
    ),
    # Visma had named a moment behind the whole full sweep: what finance had edited was not found.
    (
        7206,
        (
            s("enter_the_next_hire_by_hand", key="norway", is_theirs=False),
            s("open_or_close_a_cost_centre", key="norway", value="400", is_open=False),
            s("rename_a_location", place="Stockholm", is_followed=False),
            s("trouble_visma", n=40, what="429", reach=20),
            s("edit_an_employee", n=6, fields={"status": "Inactive"}),
        ),
    ),
    # A company's rules were edited, and whoever has a second employment there was not looked at.
    (
        7415,
        (
            s(
                "rehire",
                n=14,
                days=1,
                department="Finance",
                entity="Nordfab AB",
                is_new=False,
            ),
            s("regain_all_rights", reach=20),
            s("change_the_lead", key="sweden", lead="3"),
        ),
    ),
    # Whoever was hired twice before anyone looked was dealt with by one employment alone.
    (
        6394,
        (
            s("type_a_wrong_number", is_first_back=True),
            s("take_a_hire_back", n=12, department="Robotics"),
        ),
    ),
    (
        6507,
        (
            s("enter_the_next_hire_by_hand", key="sweden", is_theirs=True),
            s("change_the_lead", key="sweden", lead="3"),
            s("take_a_hire_back", n=-1, department="Finance"),
        ),
    ),
    # A move between companies was interrupted, and held on the way, as many came there at once.
    (
        3167,
        (
            s("enter_the_next_hire_by_hand", key="sweden", is_theirs=True),
            s(
                "hire",
                department="Production",
                place="Oslo",
                entity="Nordfab AB",
                kind="Salaried full-time",
                ago=0,
            ),
            s("overtake", function="poller", at=110, what="hr", n=-1, reach=20),
            s("take_a_hire_back", n=8, department="Management"),
            s("transfer", n=9, how="at once"),
            s("overtake", function="operations", at=19, what="finance", n=-1, reach=5),
            s("lose_an_expansion", name="employment_type", reach=5),
            s("transfer", n=5, how="late"),
            s(
                "map_a_department",
                key="norway",
                department="Robotics",
                place=("FIN", "500"),
                is_heard=True,
            ),
            s(
                "hire",
                department="Finance",
                place="Gardermoen",
                entity="Nordfab AB",
                kind="Hourly full-time",
                ago=1,
            ),
        ),
    ),
    # What an operator had approved was done by a later run of which others were held.
    (
        90,
        (
            s("change_many", count=8, what="move", pause=30),
            s("trouble_visma", n=40, what="reset", reach=1),
            s("approve_everything"),
            s("lose_a_right", name="status", is_told=False, reach=5),
            s("change_many", count=8, what="move", pause=30),
        ),
    ),
    # A fault meant for the writer struck the story itself, and the mapping was imported by halves.
    (
        2930,
        (
            s("overtake", function="poller", at=9, what="hr", n=6, reach=1),
            s("throttle", function="writer", at=8, reach=1),
            s("overtake", function="writer", at=7, what="mapping", n=6, reach=1),
            s("change_email", n=14, how="late", is_taken_away=False),
            s("kill", function="writer", at=95, reach=5),
        ),
    ),
    # Legal entities were swapped, one of them was read under its new name, and the file imported.
    (
        1,
        (s("swap_legal_entities", is_followed="half seen", n=13, reach=5),),
    ),
    # The former name of a location was a row of another company: whoever came there waited.
    (
        30,
        (
            s("swap_names", kind="location", one=1, other=2, is_followed=False),
            s("transfer", n=6, how="at once"),
            s("follow_the_names", kind="location", reach=2),
        ),
    ),
    # A writer had the mapping of before at hand, and the reader the words of the one in between.
    (
        19,
        (
            s(
                "hire",
                department="Management",
                place="Stockholm",
                entity="Nordfab AB",
                kind="Hourly full-time",
                ago=2,
            ),
            s("swap_legal_entities", is_followed="seen", n=0, reach=1),
            s("roll_back", is_heard=False),
        ),
    ),
    # An import settled the one of two rows swapped by hand that was doubted, and not the other.
    (
        2,
        (s("swap_rows_by_hand", kind="location", one=2, other=0, is_seen=True, reach=20),),
    ),
    # A rollback gave a word that had meant nothing what the mapping that it replaced gave it.
    (
        3118,
        (
            s("swap_names", kind="department", one=1, other=0, is_followed=True),
            s("roll_back", is_heard=True),
        ),
    ),
    # The ids of departments were hidden, and their names were each other's.
    (
        2244,
        (
            s("swap_names", kind="department", one=1, other=3, is_followed=False),
            s("sweep", reach=1),
            s("lose_a_right", name="department_id", is_told=True, reach=5),
        ),
    ),
    # A legal entity got the name of another one: what had been rejected about its people was done.
    (
        5779,
        (
            s("change_many", count=8, what="move", pause=0),
            s("come_and_vanish", is_rehired=False),
            s("reject_one", n=15),
            s("swap_legal_entities", is_followed="no", n=9, reach=2),
        ),
    ),
    # The employment that counted was deleted, the other one went on and ended: nobody followed.
    (
        5035,
        (
            s("move", n=1, department="Sales", how="late"),
            s("transfer", n=12, how="late"),
            s("take_a_hire_back", n=3, department="Sales"),
            s("rename_a_department", department="Production", is_followed=False),
            s("change_many", count=4, what="terminate", pause=30),
        ),
    ),
    # An earlier write whose answer was lost was told as the deed of the run that found out.
    (
        7859,
        (
            s(
                "map_a_department",
                key="norway",
                department="Production",
                place=("SALES", "400"),
                is_heard=True,
            ),
            s("create_and_forget", then="another address", is_late=True),
            s("write_slowly", n=3, method="PUT", reach=5),
            s("take_a_hire_back", n=1, department="Management"),
            s("edit_a_row", key="norway", n=1, place=("SALES", "400")),
            s("type_a_wrong_number", is_first_back=True),
            s("change_the_lead", key="norway", lead="3"),
        ),
    ),
    # The auditor took somebody for moved between companies who had been brought back by hand.
    (
        8922,
        (
            s("give_an_employee_another_code", n=7, is_replaced=False),
            s("change_many", count=8, what="transfer", pause=400),
            s("put_codes_right"),
            s("edit_an_employee", n=1, fields={"status": "OnHold"}),
        ),
    ),
    # The auditor did not know what a tick had bound a word to, before all was quiet again.
    (
        4723,
        (
            s("create_and_forget", then="another company", is_late=False),
            s("pass_a_name_on", kind="department", one=0, other=2, is_followed=True),
            s("roll_back", is_heard=False),
            s("work_once", reach=20),
        ),
    ),
    # The same of a legal entity, of which there is no list: only whoever works there shows it.
    (
        6669,
        (
            s(
                "hire",
                department="Sales",
                place="Gardermoen",
                entity="Nordfab AB",
                kind="Hourly full-time",
                ago=1,
            ),
            s("change_the_scope", key="sweden", word="true"),
            s("come_and_vanish", is_rehired=False),
            s("rename_a_legal_entity", entity="Nordfab AB", is_followed=True),
            s("roll_back", is_heard=True),
        ),
    ),
    # The same where the tick was killed, and nobody could say whether it had bound the word.
    (
        4723,
        (
            s(
                "hire",
                department="Sales",
                place="Oslo",
                entity="Nordfab AS",
                kind="Salaried full-time",
                ago=0,
            ),
            s("kill", function="poller", at=30, reach=1),
            s("pass_a_name_on", kind="department", one=0, other=2, is_followed=True),
            s("roll_back", is_heard=False),
            s("work_once", reach=20),
        ),
    ),
    # A rollback was killed half-way, and the next one said that all was done.
    (
        9725,
        (
            s("unmap_a_department", key="norway", department="Sales"),
            s("kill", function="operations", at=16, reach=20),
            s("roll_back", is_heard=True),
            s("create_and_forget", then="another number", is_late=False),
        ),
    ),
    (
        9923,
        (
            s("lose_a_right", name="location", is_told=True, reach=20),
            s("create_and_forget", then="another address", is_late=False),
            s("edit_a_row", key="norway", n=5, place=("IT", None)),
            s("kill", function="operations", at=16, reach=2),
            s("roll_back", is_heard=True),
        ),
    ),
    # The auditor did not know what a tick had bound a word to, before names were swapped.
    (
        8551,
        (
            s("overtake", function="writer", at=6, what="hr", n=0, reach=5),
            s("take_a_hire_back", n=11, department="Finance"),
            s("swap_names", kind="department", one=1, other=0, is_followed=True),
        ),
    ),
    (
        8868,
        (
            s("rename_a_legal_entity", entity="Nordfab AS", is_followed=True),
            s("lose_an_expansion", name="employment_type", reach=2),
            s(
                "hire",
                department="Sales",
                place="Bergen",
                entity="Nordfab AS",
                kind="Salaried full-time",
                ago=1,
            ),
            s("rename_a_legal_entity", entity="Nordfab AS", is_followed=True),
            s("roll_back", is_heard=False),
        ),
    ),
    # The auditor wanted people to leave whose legal entity no row named any more after a rollback.
    (
        32,
        (
            s("rename_a_legal_entity", entity="Nordfab AB", is_followed=True),
            s("rename_a_legal_entity", entity="Nordfab AB", is_followed=True),
            s("roll_back", is_heard=True),
            s("change_the_scope", key="sweden", word="true"),
        ),
    ),
    # The auditor took whoever came to an entity that only seems to be named for out of scope.
    (
        1205,
        (
            s("rename_a_legal_entity", entity="Nordfab AB", is_followed=False),
            s("move", n=5, department="Management", how="at once"),
            s("transfer", n=-1, how="at once"),
            s("swap_legal_entities", is_followed="seen", n=-1, reach=2),
        ),
    ),
    # The same where the file followed before the connector had seen the new names.
    (
        1205,
        (
            s("rename_a_legal_entity", entity="Nordfab AB", is_followed=False),
            s("move", n=5, department="Management", how="at once"),
            s("transfer", n=-1, how="at once"),
            s("swap_legal_entities", is_followed="unseen", n=3, reach=2),
        ),
    ),
    # After a rejected move between companies no day was noticed that came.
    (
        10074,
        (
            s("reject_a_run", what="transfer", first="nothing", n=1),
            s(
                "rehire",
                n=15,
                days=1,
                department="Finance",
                entity="Nordfab AS",
                is_new=True,
            ),
            s("kill", function="writer", at=33, reach=5),
            s("let_hours_pass", hours=30, is_punctual=False),
        ),
    ),
    (
        10407,
        (
            s("reject_a_run", what="transfer", first="goes back", n=0),
            s("terminate_ahead", n=11, days=12, is_told_early=True),
            s("rename_a_department", department="Finance", is_followed=False),
            s("let_days_pass", days=12, is_punctual=True),
        ),
    ),
    # Whoever was moved where no row is, and then elsewhere, stayed for a rejection of before.
    (
        10733,
        (
            s("reject_a_run", what="mapping", first="goes nowhere", n=0),
            s("reject_more", what="move", first="another address", n=1),
        ),
    ),
    # A rejected address made a rejected move between companies forgotten.
    (
        479,
        (
            s("reject_a_run", what="transfer", first="goes back", n=1),
            s("reject_more", what="address", first="another last day", n=1),
            s("lose_an_expansion", name="legal_entity", reach=1),
        ),
    ),
    # The auditor took what was asked for by then for what had been held.
    (10667, (s("reject_a_run", what="return", first="goes elsewhere", n=0),)),
    (
        10172,
        (
            s("reject_a_run", what="address", first="goes nowhere", n=2),
            s(
                "map_a_department",
                key="norway",
                department="Robotics",
                place=("IT", None),
                is_heard=False,
            ),
        ),
    ),
    # A word of which nobody could tell what it means for a while made rejected moves.
    (
        192,
        (
            s("reject_a_run", what="move", first="another name", n=0),
            s("swap_rows_by_hand", kind="department", one=0, other=3, is_seen=True, reach=20),
        ),
    ),
    # Whoever was to come back where they had been was taken for another return that was rejected.
    (
        750,
        (
            s("reject_a_run", what="return", first="another name", n=1),
            s("reject_more", what="move", first="is to come again", n=0),
            s("befall", then="goes back", n=2),
        ),
    ),
    # Rights that hid an address, or the legal entity, ended a rejection.
    (
        3397,
        (
            s("reject_a_run", what="move and address", first="goes nowhere", n=0),
            s("lose_a_right", name="work_email", is_told=False, reach=5),
        ),
    ),
    (
        2949,
        (
            s("reject_a_run", what="return", first="transfers", n=2),
            s("reject_more", what="transfer", first="another pay", n=2),
            s("lose_an_expansion", name="legal_entity", reach=20),
        ),
    ),
    # A rejection that came while the legal entity was hidden: the auditor expected none.
    (
        20487,
        (
            s("transfer", n=14, how="late"),
            s("change_many", count=12, what="transfer", pause=30),
            s("lose_an_expansion", name="legal_entity", reach=5),
            s("reject_one", n=9),
        ),
    ),
    # Of somebody hired twice, the writer saw the second employment alone before it saw the first.
    (
        21241,
        (
            s("enter_the_next_hire_by_hand", key="norway", is_theirs=False),
            s("lag", function="writer", at=2, seconds=600, reach=1),
            s("change_many", count=8, what="terminate", pause=0),
            s("work_once", reach=20),
            s(
                "rehire",
                n=1,
                days=-1,
                department="Sales",
                entity="Nordfab AB",
                is_new=False,
            ),
            s("answer_with_nonsense", n=3, method="PUT", is_applied=True, reach=20),
        ),
    ),
    # A department that was hidden for days counted as gone, and another one got its row.
    (
        1,
        (
            s("move", n=3, department="Finance", how="at once"),
            s("pass_a_name_on", kind="department", one=1, other=2, is_followed=False),
            s("move", n=1, department="Robotics", how="at once"),
            s("sweep", reach=20),
            s("lose_an_expansion", name="department", reach=20),
            s("let_days_pass", days=2, is_punctual=True),
            s("sweep", reach=20),
            s("let_days_pass", days=2, is_punctual=True),
            s("sweep", reach=20),
        ),
    ),
    # A writer was killed, Visma applied its create minutes later, and nobody looked any more.
    (
        22424,
        (
            s("create_and_forget", then="no hire at all", is_late=True),
            s("let_hours_pass", hours=19, is_punctual=False),
            s("create_and_forget", then="no hire at all", is_late=False),
            s(
                "rehire",
                n=15,
                days=5,
                department="Sales",
                entity="Nordfab AB",
                is_new=True,
            ),
            s("create_and_forget", then="a contractor", is_late=False),
        ),
    ),
    # Who stayed in a company whose legal entity was hidden moved there; the auditor had forgotten.
    (
        22234,
        (
            s("reject_a_run", what="transfer", first="leaves soon", n=1),
            s("lose_an_expansion", name="legal_entity", reach=5),
            s("overtake", function="operations", at=17, what="sweep", n=0, reach=20),
            s("overtake", function="writer", at=12, what="hr", n=-1, reach=20),
            s("befall", then="makes the move", n=2),
            s("overtake", function="poller", at=145, what="approve", n=9, reach=5),
        ),
    ),
    # Where something else stays rejected, a word that came too late was taken for more.
    (
        24965,
        (
            s("reject_a_run", what="address", first="another address", n=2),
            s("reject_more", what="move", first="goes back", n=1),
        ),
    ),
    # What was rejected of somebody whose employee has another code for a while was taken for over.
    (
        25534,
        (
            s("reject_a_run", what="transfer", first="transfers", n=0),
            s("give_an_employee_another_code", n=5, is_replaced=False),
            s("let_a_day_begin", days=7, is_punctual=False),
            s("put_codes_right"),
        ),
    ),
    (
        26249,
        (
            s("reject_a_run", what="address", first="leaves", n=0),
            s("reject_more", what="transfer", first="goes elsewhere", n=2),
            s("give_an_employee_another_code", n=15, is_replaced=False),
            s("swap_rows_by_hand", kind="location", one=1, other=3, is_seen=False, reach=20),
            s("put_codes_right"),
        ),
    ),
    # An approval was taken for over at the very end of its day.
    (
        23607,
        (
            s("change_many", count=8, what="transfer", pause=0),
            s("create_and_forget", then="no hire at all", is_late=True),
            s("trouble_rippling", n=8, what="429", reach=20),
            s("approve_everything"),
            s("let_days_pass", days=1, is_punctual=True),
        ),
    ),
    # Whoever had no employee left to be made inactive arrived elsewhere, and was counted as hired.
    (
        23096,
        (
            s("follow_the_names", kind="department", reach=1),
            s("lose_a_right", name="department", is_told=True, reach=2),
            s("change_many", count=6, what="terminate", pause=400),
            s("type_a_wrong_number", is_first_back=False),
            s("pass_a_name_on", kind="location", one=3, other=0, is_followed=True),
            s("work_once", reach=1),
            s("delete_an_employee", n=15, is_replaced=False),
            s(
                "map_a_department",
                key="sweden",
                department="Production",
                place=("ROBO", "700"),
                is_heard=False,
            ),
            s("overtake", function="writer", at=7, what="finance", n=-1, reach=2),
            s("throttle", function="writer", at=8, reach=5),
            s("bring_many_back", reach=5),
            s("roll_back", is_heard=True),
            s("change_many", count=12, what="transfer", pause=30),
        ),
    ),
    # A mapping edit came by way of the employment that was known, before a run saw the new one.
    (
        23840,
        (
            s("relocate", n=1, place="Bergen", how="late"),
            s("transfer", n=1, how="at once"),
            s("rehire", n=8, days=-1, department="Robotics", entity="Nordfab AS", is_new=False),
            s("change_the_default_class", key="norway", code="EXEC", is_heard=True),
        ),
    ),
    # What stands in for the tables had kept the mapping that was read in the middle of an import.
    (
        27474,
        (
            s("overtake", function="operations", at=28, what="hr", n=-1, reach=20),
            s("change_the_default_class", key="norway", code="EXEC", is_heard=True),
        ),
    ),
    # A hidden last day had ended a rejected hire, as far as anyone could tell.
    (
        27596,
        (
            s("reject_a_run", what="hire", first="transfers", n=2),
            s("befall", then="leaves soon", n=0),
            s("lose_a_right", name="end_date", is_told=False, reach=20),
        ),
    ),
)
