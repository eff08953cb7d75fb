"""The edges of XML, SOAP and .NET: what mutations put into a request, and what is tried in every place once."""

NS = "https://app.smartbutton.com/Services/Sync"
ACTION = NS + "/SaveAccountPhone"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "http://www.w3.org/XML/1998/namespace"
XMLNS = "http://www.w3.org/2000/xmlns/"

# Namespaces of xsi:nil and xsi:type, and some that look so.
XSIS = [
    XSI, "http://www.w3.org/1999/XMLSchema-instance", "http://www.w3.org/2000/10/XMLSchema-instance", XSI + "/",
    "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/2001/xmlschema-instance", NS, "urn:x",
]

# References, good and bad.
REFERENCES = [
    "&lt;", "&gt;", "&amp;", "&quot;", "&apos;", "&#65;", "&#x41;", "&#X41;", "&#x1F600;", "&#0;", "&#x0;", "&#1;",
    "&#9;", "&#10;", "&#13;", "&#xD;", "&#32;", "&#x85;", "&#xD800;", "&#xDC00;", "&#xD83D;&#xDE00;", "&#xFFFE;",
    "&#xFFFF;", "&#xFFFD;", "&#x10FFFF;", "&#x110000;", "&#99999999999;", "&#;", "&#x;", "&;", "&", "&a", "&amp", "&lt",
    "&#", "&#x", "&#65", "&#x41", "&#6a;", "&#xg;", "&unknown;", "&un:known;", "&AMP;", "&#-1;", "&#+1;", "&1;",
    "&&amp;", "&amp;amp;", "&:a;", "&a:;", "&#x00000041;", "&#0065;", "&#65&#66;", "&lt;&#60", "&é;",
]

# What may mean something, or may not stand there at all.
CHARACTERS = [
    "<", ">", "&", '"', "'", "/", "=", "!", "?", "-", "[", "]", ";", ":", "#", " ", "\t", "\r", "\n", "\x00", "\x01",
    "\x0b", "\x0c", "\x1f", "\x7f", "%", "+", ".", "a", "A", "1", "_", "x", "é", "\r\n", "]]>", "--", "\x85", "\xa0",
    "\u2028", "\u200b", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\U0001f600", "\U0010ffff", "１",
]

# Whole nodes and their beginnings and ends.
NODES = [
    "<!---->", "<!-- -->", "<!-- - -->", "<!-- -- -->", "<!--->", "<!-->", "<!-- --->", "<!--", "<!- -->",
    "<!-- \x01 -->", "<?pi?>", "<?pi ?>", "<?pi some?thing ?>", "<?pi", "<?pi?", "<?pi x>", "<? pi?>", "<?a:b?>",
    "<?1?>", "<?xml?>", "<?XML?>", "<?Xml version='1.0'?>", "<?xml version='1.0'?>", "<?xml-stylesheet href='a'?>",
    "<?xmlx?>", "<??>", "<?pi\x01?>", "<?pi+?>", "<![CDATA[]]>", "<![CDATA[ ]]>", "<![CDATA[x]]>", "<![CDATA[1]]>",
    "<![CDATA[]]]]>", "<![CDATA[<&>]]>", "<![CDATA[", "<![CDATA[x]]", "<![cdata[x]]>", "<![CDATA x]]>",
    "<![CDATA[\x01]]>", "<!DOCTYPE a>", "<!DOCTYPE", "<!doctype a>", "<!ENTITY a 'b'>", "<!x>", "<!>", "<x/>", "<x />",
    "<x></x>", "<x>1</x>", "<x>x<y/>x</x>", "<x\n/>", "<x / >", "<x/ >", "< x/>", "<x", "<x ", "<x/", "<", ">", "</",
    "</>", "</x>", "</ x>", "</x >", "</x\n>", "</x y='1'>", "<x></x y>", "<x></x/>", "<x></y>", "<x><y></x></y>",
    "<x><y></x>", "<1/>", "<-x/>", "<.x/>", "<x.-1_/>", "<é/>", "<x\xb7/>", "<\u0300x/>", "<x\U0001f600/>",
    "<\U00010000/>", "<x%/>", "<x&amp;/>", "<>", "</1>", "<:x/>", "<x:/>", "<:/>", "<x:y/>", "<x:y:z/>", "<x:1/>",
    "<x: y/>", "<xml:x/>", "<xmlns:x/>", "<xmlns/>", "<xmlx/>", "<soap:x/>", "<x:y xmlns:x='urn:x'/>",
    "<x xmlns='urn:x'/>", "<x xmlns=''/>", "<x xmlns:p=''/>", "<x xmlns:p='urn:p'><p:y/></x>",
    "<x><p:y xmlns:p='u'/><p:z/></x>", " ", "\n", "\t", "\r", "\r\n", "  \n  ", "x", " x ", "]]>", "]]", "]", "\ufeff",
    "&", "&lt;", "&#32;", "&#10;", "&amp;#32;", "&unknown;", "1", "é", "\x01", "\ufffe",
    "<SecurityToken>X</SecurityToken>", "<MemberId>x</MemberId>", "<IsValid>0</IsValid>", "<IsValid/>", "<MemberId />",
    "<SecurityToken/>", "<preqSaveAccountPhone/>", "<SaveAccountPhone/>", f"<SaveAccountPhone xmlns='{NS}'/>",
    f"<MemberId xmlns='{NS}'>1002</MemberId>",
    f"<SaveAccountPhone xmlns='{NS}'><preqSaveAccountPhone><IsValid/></preqSaveAccountPhone></SaveAccountPhone>",
    "<soap:Body/>", "<soap:Header/>", "<soap:Envelope/>", "<soap:Fault/>", "</soap:Body>", "</soap:Envelope>",
]

# To stand behind the name of a tag.
ATTRIBUTES = [
    " a='1'", ' a="1"', " a='1' a='2'", " a=1", " a", " a=", " a='", " a='1'b='2'", " a = '1'", "\na\n=\n'1'\n",
    " a=''", " a='<'", " a='>'", " a='&'", " a='&lt;'", " a='&unknown;'", " a='&#0;'", " a='\x01'", " a='\n\t '",
    " a='\r\n'", " a=\"'\"", " a='\"'", " a='1\"", " A='1' a='2'", " 1='1'", " -='1'", " a:b='1'", " :a='1'", " a:='1'",
    " a:b:c='1'", " ='1'", " /", " é='é'", " a%='1'", " xml:lang='en'", " xml:space='preserve'", " xml:space='default'",
    " xml:space='other'", " xml:space=' preserve '", " xml:lang=''", " xml:base='x'", " xml:id='1'", " xml='1'",
    " xmlx='1'", " XML:a='1'", " xmlns=''", " xmlns='urn:x'", f" xmlns='{NS}'", f" xmlns='{NS} '", f" xmlns='{NS}/'",
    f" xmlns=' {NS}'", " xmlns='https://app.smartbutton.com/services/sync'", f" xmlns='{SOAP11}'", " xmlns:p='urn:p'",
    " xmlns:p='urn:p' p:a='1' p:a='2'", " xmlns:p='urn:p' xmlns:q='urn:p' p:a='1' q:a='2'",
    " xmlns:p='urn:p' a='1' p:a='2'", " xmlns:p=''", " xmlns:p='urn:p' xmlns:p='urn:p'", " xmlns='' xmlns=''",
    " xmlns:xml='urn:x'", f" xmlns:xml='{XML}'", " xmlns:xmlns='urn:x'", f" xmlns:xmlns='{XMLNS}'",
    f" xmlns:p='{XMLNS}'", f" xmlns='{XMLNS}'", f" xmlns:p='{XML}'", f" xmlns='{XML}'", " xmlns:='urn:x'",
    " xmlns:1='urn:x'", " xmlns:a:b='urn:x'", " xmlns:xmlx='urn:x'", " xmlns:XML='urn:x'", " xmlns:_='urn:x'",
    " xmlns:soap='urn:x'", f" xmlns:soap='{SOAP11}'", f" xmlns:soap='{SOAP12}'", " xmlns:xsi='urn:x'",
    " xmlns:p='&#x75;rn:p'", " xmlns:p='urn:\np'", " xmlns:p='&unknown;'", f" xmlns:xsi='{XSI}' xsi:nil='true'",
    f" xmlns:xsi='{XSI}' xsi:nil='1'", " nil='true'", " type='x'", " href='#a'", " id='a'", " encodingStyle=''",
    " soap:encodingStyle='http://schemas.xmlsoap.org/soap/encoding/'", " soap:x='1'",
]

# Values of xsi:type.
TYPES = [
    "reqSaveAccountPhone", "t:reqSaveAccountPhone", "Foo", "t:Foo", "undeclared:reqSaveAccountPhone", "", " ",
    " reqSaveAccountPhone ", "t: reqSaveAccountPhone", "t:", ":x", "a:b:c", "xsd:string", "xsd:int", "xsd:anyType",
    "xs:string", "t:reqsaveaccountphone", "t:SaveAccountPhone", "1", "a b", "t:Array", "ArrayOfString", "t:<",
    "&#32;t:reqSaveAccountPhone", "xsd:integer", "xsd:dateTime", "xsd:int ", "respSaveAccountPhone",
    "t:respSaveAccountPhone", "xsd:guid", "wrong:string", "recCustomFieldKeyValuePair", "t:recCustomFieldKeyValuePair",
    "t:ArrayOfRecCustomFieldKeyValuePair", "ArrayOfRecCustomFieldKeyValuePair", "t:RecCustomFieldKeyValuePair",
    "t:reqFetchAccountIds", "t:dsAccountIds", "t:reqSaveAccountCustomFields", "t:reqSyncRemoveToLoyaltyClub",
    "xsi:recCustomFieldKeyValuePair", "xml:x", "xmlns:x",
]

# Values of xsi:nil.
NILS = [
    "true", "1", "false", "0", "", " ", " true", "1\t", "\r\n0 ", "True", "TRUE", "yes", "no", "2", "-1", "01", "+1",
    "true false", "tru&#101;", "&#49;", "&#32;1", "&#xA0;1", "\xa01", "１", "\u2003true", "1&unknown;", "&lt;", "nil", "\x85",
    "true\x01", "'", "t" * 300, "é",
]

# Contents of a field that is an int, and
INTS = [
    "", " ", "\n", "0", "-0", "+0", "1001", "+1001", "-1001", "01001", "0000000000000001001", " 1001 ", "\r\n1001\t",
    "1001.", "1001.0", "1e3", "0x3E9", "x", "x y", "1001x", "2147483647", "2147483648", "-2147483648", "-2147483649",
    "4294967297", "99999999999999999999", "-99999999999999999999", "9999999999x", "99999999999 9", "１\uff10\uff10１",
    "\xa01001", "\u20281001", "1001\u3000", "\x851001", "1,001", "1001-", "(1001)", "--1001", "+-1001", "- 1001", "+",
    "-", "true", "NaN", "INF", "&#49;001", "&#32;1001&#x9;", "<![CDATA[1001]]>", "<![CDATA[ 10]]>01 ", "1<!-- -->001",
    "<!-- -->1001", "1001<!-- -->", "1001<?pi?>", "<x>1001</x>", "1001<x/>", "<x/>", "<x/>1001", "<x>1001</x> ",
    " <x>1001</x>", "<x><y>1001</y></x>", "<x></x>", "&lt;", "&unknown;", "1001&#0;", "1 001", "1001\ufeff", "−1001",
    "<x>1001</x><x/>", "<x>x</x>", "<x>1<!-- -->001</x>", "<x xsi:nil='true'/>", "１", "²", "٣", "\u200b1001", "1001;",
    "¤1001", "$1001", "1_001", "1'001", "&#x20;", "<![CDATA[]]>", "00002147483647", "00002147483648", "-00002147483648",
]
# of one that is text.
TEXTS = [
    "", " ", "\n", "TEST-TOKEN", " TEST-TOKEN", "TEST-TOKEN\r\n", "TEST&#45;TOKEN", "<![CDATA[TEST]]>-TOKEN",
    "<![CDATA[TEST-TOKEN]]>", "TEST<![CDATA[]]>-TOKEN", "TEST<!-- -->-TOKEN", "<!-- -->TEST-TOKEN", "TEST-TOKEN<?pi?>",
    "<x>TEST-TOKEN</x>", "TEST<x/>-TOKEN", "<x/>", "<x/>TEST-TOKEN", " <x>TEST-TOKEN</x>", "<x><y>TEST-TOKEN</y></x>",
    "<x></x>", "<x>TEST</x>-TOKEN", "<x>TEST-TOKEN</x><y/>", "test-token", "READ-ONLY-TOKEN", "SUSPENDED-TOKEN",
    "TEMPLATE-TOKEN", "EXPIRED-TOKEN", "TMP-0123456789abcdefABCDEF0123456789", "HOME", " HOME ", "home",
    "\xa0HOME\u2003", "&#x200B;HOME", "WORK", "MOBILE", "FAX", "ROGERS", "\tBELL\n", "TELUS", "rogers",
    "+1 519-555-0123", "1.519.555.0123", "0015195550123", " +1 (519) 555-0123 ", "&#43;15195550123", "+1519555012",
    "+1 119 555 0123", "5195550123", "+15195550123\r\n", "no digits", "+44 20 7946 0958", "\uff0b15195550123",
    "&#x661;", "é\xe0\xfc", "\U0001f600", "]]&gt;", "a&lt;b&gt;c&amp;", "'\"", "x" * 5000, "\r", "&#13;",
    "TEST-TOKEN&#0;", "TEST-TOKEN\x01", "TEST-TOKEN\ufffe", "TEST-TOKEN\uffff", "]]>",
]

# What a document may begin with.
DECLARATIONS = [
    "", '<?xml version="1.0"?>', "<?xml version='1.0' encoding='UTF-8'?>",
    '<?xml version="1.0" encoding="utf-8" standalone="yes"?>', '<?xml version="1.0" standalone="no" ?>',
    '<?xml version="1.1"?>', '<?xml version="2.0"?>', '<?xml version=""?>', '<?xml version="1.0 "?>',
    "<?xml version=1.0?>", "<?xml?>", "<?xml ?>", '<?xml encoding="utf-8"?>', '<?xml encoding="utf-8" version="1.0"?>',
    '<?xml version="1.0" standalone="yes" encoding="utf-8"?>', '<?xml version="1.0" standalone="YES"?>',
    '<?xml version="1.0" standalone=""?>', '<?xml version="1.0" encoding=""?>',
    '<?xml version="1.0" encoding="klingon"?>', '<?xml version="1.0" encoding="iso-8859-1"?>',
    '<?xml version="1.0" encoding="windows-1252"?>', '<?xml version="1.0" encoding="us-ascii"?>',
    '<?xml version="1.0" encoding="utf-16"?>', '<?xml version="1.0" encoding="UTF-16LE"?>',
    '<?xml version="1.0" encoding="ucs-2"?>', '<?xml version="1.0" encoding="utf-7"?>',
    '<?xml version="1.0" encoding="utf-32"?>', '<?xml version="1.0" encoding="utf8"?>',
    '<?xml version="1.0" encoding="1utf"?>', '<?xml version="1.0" encoding="utf 8"?>',
    '<?xml version="1.0" encoding="ut&#102;-8"?>', '<?xml version="1.0"encoding="utf-8"?>',
    "<?xml version = '1.0' encoding\n=\n'utf-8'\t?>", '<?xml version="1.0" version="1.0"?>',
    '<?xml version="1.0" other="1"?>', '<?xml version="1.0" encoding="utf-8"?', '<?xml version="1.0" encoding="utf-8">',
    "<?xml version=\"1.0'?>", '<?xml version="1.0" ? >', '<?xml version="1.0"?> ', ' <?xml version="1.0"?>', "\n",
    "\ufeff", '<?XML version="1.0"?>', '<?xml\nversion="1.0"?>', '<?xmlversion="1.0"?>',
    '<?xml version="1.0"?><?xml version="1.0"?>', '<?xml version="1.0"?><!-- -->', '<!-- --><?xml version="1.0"?>',
    '<?xml version="1.0"', "<?xml", "<?xml ", "<?xml version", '<?xml version="1.0" encoding="shift_jis"?>',
    '<?xml version="1.0" encoding="big5"?>', '<?xml Version="1.0"?>', '<?xml version="1.0" Encoding="utf-8"?>',
    '<?xml version="1.0" encoding="utf-8" standalone="yes" more="1"?>', '<?xml version="&#49;.0"?>',
    '<?xml version="1.0" encoding="latin1"?>', '<?xml version="1.0" encoding="unicode"?>',
    '<?xml version="1.0" encoding="koi8-r"?>',
]

# Where no DTD may be.
DTDS = [
    "<!DOCTYPE soap:Envelope>", "<!DOCTYPE a []>", "<!DOCTYPE a SYSTEM 'x'>", "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "<!DOCTYPE", "<!DOCTYPE>", " <!DOCTYPE a>", "<!-- --><!DOCTYPE a>", "<!Doctype a>", "<!DOCTYPEa>", "<!DOC",
]

# Values of headers.
CONTENT_TYPES = [
    "text/xml", "text/xml; charset=utf-8", 'text/xml; charset="utf-8"', "text/xml;charset=UTF-8",
    "text/xml; charset='utf-8'", "TEXT/XML; CHARSET=UTF-8", "text/xml ; charset=utf-8", " text/xml", "text/xml;",
    "text/xml;;charset=utf-8", "text/xml; charset", "text/xml; charset=", 'text/xml; charset=""',
    "text/xml; charset=utf-16", "text/xml; charset=utf-16le", "text/xml; charset=utf-16be", "text/xml; charset=unicode",
    "text/xml; charset=unicodeFFFE", "text/xml; charset=us-ascii", "text/xml; charset=ascii",
    "text/xml; charset=iso-8859-1", "text/xml; charset=latin1", "text/xml; charset=windows-1252",
    "text/xml; charset=iso-8859-15", "text/xml; charset=klingon", "text/xml; charset=utf8", "text/xml; charset=utf-7",
    "text/xml; charset=utf-32", "text/xml; charset = utf-8", "text/xml; charset=utf-8; charset=us-ascii",
    "text/xml; charset=us-ascii; charset=utf-8", "text/xml; x=1; charset=utf-8", "text/xml; charset=utf-8 x",
    "text/xml; charsetx=utf-16; charset=utf-8", "text/xml; xcharset=utf-16", "text/xml; charset=iso-8859-2",
    "text/xml; charset=koi8-r", "text/xml; charset=shift_jis", "text/xml; charset=gb2312",
    "text/xml; charset=windows-1251", "text/xml, text/xml", "text/xml charset=utf-8",
    "text/xml; charset=utf-8,text/xml", "text/plain", "application/xml", "application/xml; charset=utf-8", "text/html",
    "", "*/*", "xml", "text/xmlx", "application/soap+xml", "application/soap+xml; charset=utf-8",
    "application/soap+xml; charset=utf-16", "application/soap+xml; charset=us-ascii",
    "application/soap+xml; charset=klingon", "APPLICATION/SOAP+XML", "application/soap+xml ;charset=utf-8",
    "application/soap", 'multipart/related; type="text/xml"', "application/x-www-form-urlencoded",
    f'application/soap+xml; charset=utf-8; action="{ACTION}"', f"application/soap+xml; action={ACTION}",
    f"application/soap+xml; action='{ACTION}'; charset=utf-8", f'application/soap+xml;action="{ACTION}x"',
    'application/soap+xml; action=""', "application/soap+xml; action=", "application/soap+xml; action",
    'application/soap+xml; action="a;b"', f'application/soap+xml; ACTION="{ACTION}"',
    f'application/soap+xml; action=" {ACTION} "',
    'application/soap+xml; action="https%3A%2F%2Fapp.smartbutton.com%2FServices%2FSync%2FSaveAccountPhone"',
    f'application/soap+xml; action="{ACTION}"; action="x"', 'application/soap+xml; action="a+b%20%41%u0041%"',
    f'text/xml; action="{ACTION}"', 'text/xml; action="wrong"', f'application/soap+xml; actionx="{ACTION}"',
    "application/soap+xml; action=''''", 'application/soap+xml; action="<&>"', 'application/soap+xml; action="\t"',
    'application/soap+xml; action="HTTPS://APP.SMARTBUTTON.COM/SERVICES/SYNC/SAVEACCOUNTPHONE"',
    "application/soap+xml; charset=iso-8859-1", "application/soap+xml; charset=windows-1252",
    "text/xml; charset; charset=utf-16", "text/xml; charsetutf-8; charset=us-ascii", "application/xml; charset=klingon",
    "application/json; charset=utf-8",
]
SOAP_ACTIONS = [
    ACTION, f'"{ACTION}"', f"'{ACTION}'", f'"{ACTION}', f'{ACTION}"', f'""{ACTION}""', f'" {ACTION}"', f'"{ACTION} "',
    f'"{ACTION}/"', '"https://app.smartbutton.com/services/sync/saveaccountphone"', '""', "", '"', '" "', "''", '"""',
    '"""" ', "x", '"x"', "SaveAccountPhone", '"SaveAccountPhone"', f'"{NS}"', f'"{NS}/"', f'"{NS}/Other"',
    f'"{NS}#SaveAccountPhone"', "https%3A%2F%2Fapp.smartbutton.com%2FServices%2FSync%2FSaveAccountPhone",
    '"https%3A%2F%2Fapp.smartbutton.com%2FServices%2FSync%2FSaveAccountPhone"', f"%22{ACTION}%22",
    "https://app.smartbutton.com/%53ervices/%53ync/%53aveAccountPhone",
    "https://app.smartbutton.com/%u0053ervices/%u0053ync/%u0053aveAccountPhone",
    "https://app.smartbutton.com/%U0053ervices/%U0053ync/%U0053aveAccountPhone",
    "https://app.smartbutton.com/%u53ervices/%u53ync/%u53aveAccountPhone",
    "https:++app.smartbutton.com+Services+Sync+SaveAccountPhone", f"{ACTION}+", f"{ACTION}%20", f"{ACTION}%00",
    f"{ACTION}%", f"{ACTION}%5", f"{ACTION}%zz", f"{ACTION}%uD83D%uDE00", f"{ACTION}%uD83D", f"{ACTION}%C3%A9",
    f"{ACTION}%E9", "%u", "%u0", "%", "+", "%2B", "%3C%3E%26", "<&>", "a,b", f'"{ACTION}", "{ACTION}"', "urn:x", "{0}",
    "%25", "a%0D%0Ab", "%01", "%FF", "%C3", "%F0%9F%98%80", "\t", f'"\t{ACTION}"', "%u00e9", "%ufffe", "%uffff",
    "%uDE00",
]
