-- A program's settings, item types and accounts are one JSON value (see ProgramDocument), so that a new kind of items needs no table.
ALTER TABLE program ADD COLUMN document TEXT NOT NULL DEFAULT '';
UPDATE program SET document = json_object(
    'format', 1,
    'settings', json(settings),
    'items', json_object(
        'phone_number_types', json_object(
            'last_id', last_phone_number_type_id,
            'items', json((
                SELECT json_group_object(
                    phone_number_type_id, json_object('external_reference', external_reference, 'name', item.name))
                FROM phone_number_type AS item WHERE item.program_id = program.program_id))),
        'mobile_carriers', json_object(
            'last_id', last_mobile_carrier_id,
            'items', json((
                SELECT json_group_object(
                    mobile_carrier_id, json_object('external_reference', external_reference, 'name', item.name))
                FROM mobile_carrier AS item WHERE item.program_id = program.program_id)))),
    'companions', json(companions));
ALTER TABLE program DROP COLUMN settings;
ALTER TABLE program DROP COLUMN companions;
ALTER TABLE program DROP COLUMN last_phone_number_type_id;
ALTER TABLE program DROP COLUMN last_mobile_carrier_id;
DROP TABLE phone_number_type;
DROP TABLE mobile_carrier;
