// Added to what wsdl2h writes of the WSDL, for soapcpp2: a header block that the service doesn't know and must understand.
struct SOAP_ENV__Header { mustUnderstand std::string *ns1__Security; };
