-- A program's settings, item types and accounts are one JSON value (see ProgramDocument), so that a new kind of items needs no table.
-- New versions and epochs make nodes of older versions read the directory, which they can't: they answer with code 1, and aren't ready.
ALTER TABLE program ADD COLUMN document text NOT NULL DEFAULT '';
UPDATE program SET document = json_build_object(
    'format', 1,
    'settings', settings::json,
    'items', json_build_object(
        'phone_number_types', json_build_object(
            'last_id', last_phone_number_type_id,
            'items', (
                SELECT coalesce(
                    json_object_agg(
                        phone_number_type_id, json_build_object('external_reference', external_reference, 'name', item.name)),
                    '{}')
                FROM phone_number_type AS item WHERE item.program_id = program.program_id)),
        'mobile_carriers', json_build_object(
            'last_id', last_mobile_carrier_id,
            'items', (
                SELECT coalesce(
                    json_object_agg(
                        mobile_carrier_id, json_build_object('external_reference', external_reference, 'name', item.name)),
                    '{}')
                FROM mobile_carrier AS item WHERE item.program_id = program.program_id))),
    'companions', companions::json)::text;
ALTER TABLE program ALTER COLUMN document DROP DEFAULT;
ALTER TABLE program DROP COLUMN settings;
ALTER TABLE program DROP COLUMN companions;
ALTER TABLE program DROP COLUMN last_phone_number_type_id;
ALTER TABLE program DROP COLUMN last_mobile_carrier_id;
DROP TABLE phone_number_type;
DROP TABLE mobile_carrier;
UPDATE program_epoch SET epoch = epoch + 1;
UPDATE ledger SET version = version + 1;
UPDATE program SET version = (SELECT version FROM ledger);
