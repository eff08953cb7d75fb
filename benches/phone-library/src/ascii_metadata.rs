//! rlibphonenumber's own metadata with every `\d` written `[0-9]`. The library matches metadata patterns against numbers
//! already normalised to ASCII digits, so they mean the same; but to the crate `regex` a `\d` is every digit of Unicode,
//! and the tables for that are what fills the memory.

// The wrapper calls the fields deprecated that it empties; here they are what we came for.
#![allow(deprecated)]

use std::sync::LazyLock;

use prost::Message;
use rlibphonenumber::{
    NumberFormat, PhoneMetadata, PhoneMetadataCollection, PhoneNumberDesc, PhoneNumberUtil,
};

pub static PHONE_NUMBER_UTIL: LazyLock<PhoneNumberUtil> = LazyLock::new(|| {
    // The crate keeps its metadata to itself; `run` says where its source has them.
    let mut collection =
        PhoneMetadataCollection::decode(&include_bytes!(env!("RLIBPHONENUMBER_METADATA"))[..])
            .expect("the metadata of rlibphonenumber");
    collection.metadata.iter_mut().for_each(write_ascii_digits);
    PhoneNumberUtil::new_for_metadata(collection).expect("regions of rlibphonenumber")
});

fn write_ascii_digits(metadata: &mut PhoneMetadata) {
    descriptions(metadata)
        .filter_map(|description| description.national_number_pattern.as_mut())
        .for_each(ascii_digits);
    formats(metadata).for_each(|format| {
        ascii_digits(&mut format.pattern);
        format
            .leading_digits_pattern
            .iter_mut()
            .for_each(ascii_digits);
    });
    [
        &mut metadata.leading_digits,
        &mut metadata.international_prefix,
        &mut metadata.national_prefix_for_parsing,
    ]
    .into_iter()
    .flatten()
    .for_each(ascii_digits);
}

fn ascii_digits(pattern: &mut String) {
    // Inside a class this makes a class in a class, which `regex` takes as their union.
    *pattern = pattern.replace(r"\d", "[0-9]");
}

fn descriptions(metadata: &mut PhoneMetadata) -> impl Iterator<Item = &mut PhoneNumberDesc> {
    [
        &mut metadata.general_desc,
        &mut metadata.fixed_line,
        &mut metadata.mobile,
        &mut metadata.toll_free,
        &mut metadata.premium_rate,
        &mut metadata.shared_cost,
        &mut metadata.personal_number,
        &mut metadata.voip,
        &mut metadata.pager,
        &mut metadata.uan,
        &mut metadata.voicemail,
        &mut metadata.no_international_dialling,
    ]
    .into_iter()
    .flatten()
}

fn formats(metadata: &mut PhoneMetadata) -> impl Iterator<Item = &mut NumberFormat> {
    metadata
        .number_format
        .iter_mut()
        .chain(&mut metadata.intl_number_format)
}
