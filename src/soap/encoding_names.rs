//! The names of encodings that .NET knows, where they differ from those of the web, which `encoding_rs` knows (ASP.NET).
//! Each list has blanks between its names.

pub const UTF_8: &str = "utf-8 unicode-1-1-utf-8 unicode-2-0-utf-8 x-unicode-1-1-utf-8 x-unicode-2-0-utf-8";

/// The web takes these for windows-1252, as it does those of [`LATIN_1`].
pub const ASCII: &str = "us-ascii ascii us ansi_x3.4-1968 ansi_x3.4-1986 cp367 csascii ibm367 iso-ir-6 iso646-us \
     iso_646.irv:1991";

pub const LATIN_1: &str =
    "iso-8859-1 iso8859-1 iso_8859-1 iso_8859-1:1987 iso-ir-100 latin1 l1 cp819 csisolatin1 ibm819";

pub const UTF_16_BIG_ENDIAN: &str = "unicodefffe utf-16be";

/// Names of the web that .NET doesn't know. `utf8` is one of them.
pub const UNKNOWN: &str = "utf8 unicode11utf8 unicode20utf8 x-unicode20utf8 csunicode unicodefeff \
     iso88591 iso88592 iso88593 iso88594 iso88595 iso88596 iso88597 iso88598 iso88599 iso885910 iso885911 iso885913 \
     iso885914 iso885915 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 \
     iso8859-13 iso8859-14 iso8859-15 iso-8859-10 iso-8859-14 iso-8859-16 iso-8859-6-e iso-8859-6-i iso-8859-8-e \
     csiso88596e csiso88596i csiso88598e csiso88598i iso-ir-157 csisolatin6 latin6 l6 \
     cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1257 cp1258 \
     x-cp1252 x-cp1253 x-cp1254 x-cp1255 x-cp1256 x-cp1257 x-cp1258 \
     windows-31j windows-949 ms932 866 csibm866 mac csmacintosh x-mac-roman koi8_r gb_2312 x-gbk sun_eu_greek \
     iso-2022-cn iso-2022-cn-ext replacement x-user-defined";
