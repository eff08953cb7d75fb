// KDSoap (Qt, C++) makes the calls of the table in SOAP 1.1 and 1.2: kdsoap_client BASE_URL

#include <QCoreApplication>
#include <QFile>
#include <QMap>
#include <QSet>
#include <QTextStream>
#include <functional>

#include "Sync.h"

static QTextStream out(stdout);

/** A line of the table whose path is in CALLS. */
struct Call {
    QString name, operation, sent, expected;
};

static QList<Call> calls() {
    QFile file(QString::fromUtf8(qgetenv("CALLS")));
    file.open(QFile::ReadOnly);
    QList<Call> calls;
    for (const QString &line : QString::fromUtf8(file.readAll()).split('\n')) {
        const auto cells = line.split(" | ");
        if (!line.startsWith('#') && cells.size() == 4)
            calls.append({cells[0], cells[1], cells[2], cells[3]});
    }
    return calls;
}

/** The fields of a call, from which the generated records are read. */
static KDSoapValue fields(const QString &sent) {
    KDSoapValueList values;
    for (const QString &field : ("SecurityToken=TEST-TOKEN; " + sent).split("; ")) {
        const QString name = field.section('=', 0, 0), value = field.section('=', 1);
        if (name != "CustomFieldPairs") {
            values.append(KDSoapValue(name, value));
            continue;
        }
        KDSoapValueList items;
        for (const QString &pair : value.mid(1, value.size() - 2).split(", ", Qt::SkipEmptyParts)) {
            KDSoapValueList item;
            item.append(KDSoapValue("CustomFieldExternalReference", pair.section(':', 0, 0)));
            item.append(KDSoapValue("CustomFieldValue", pair.section(':', 1)));
            items.append(KDSoapValue("recCustomFieldKeyValuePair", item));
        }
        values.append(KDSoapValue(name, items));
    }
    return KDSoapValue("fields", values);
}

/** The rows of a data set, which KDSoap gives as values: of its two elements the second, the diffgram. */
static QString rows(const KDSoapValue &dataSet) {
    QStringList rows;
    for (const KDSoapValue &diffgram : dataSet.childValues())
        for (const KDSoapValue &row : diffgram.childValues().child("dsAccountIds").childValues()) {
            QStringList columns;
            for (const KDSoapValue &column : row.childValues())
                columns.append(column.value().toString());
            rows.append(columns.join('/'));
        }
    return rows.join(", ");
}

/** What came back, as the table has it. */
static QString words(const KDSoapValue &result) {
    QMap<QString, QString> words;
    for (const KDSoapValue &field : result.childValues())
        words[field.name()] = field.name() == "AccountIds" ? rows(field) : field.value().toString();
    QStringList told;
    for (auto word = words.cbegin(); word != words.cend(); ++word)
        told.append(word.key() + "=" + word.value());
    return told.join("; ");
}

using Operation = std::function<QString(Sync::SyncSoap &, const QString &sent)>;

/** An operation of the generated classes: NAME with its first letter in lower case, and the type of its record. */
#define OPERATION(METHOD, NAME, RECORD)                                                                                          \
    {#NAME, [](Sync::SyncSoap &service, const QString &sent) {                                                                   \
         TNS__Req##RECORD record;                                                                                                \
         record.deserialize(fields(sent));                                                                                       \
         TNS__##NAME parameters;                                                                                                 \
         parameters.setPreq##RECORD(record);                                                                                     \
         const auto response = service.METHOD(parameters);                                                                       \
         return words(response.METHOD##Result().serialize("result"));                                                            \
     }}

static const QMap<QString, Operation> OPERATIONS = {
    OPERATION(addToLoyaltyClub, AddToLoyaltyClub, SyncAddToLoyaltyClub),
    OPERATION(removeToLoyaltyClub, RemoveToLoyaltyClub, SyncRemoveToLoyaltyClub),
    OPERATION(removeFromLoyaltyClub, RemoveFromLoyaltyClub, SyncRemoveToLoyaltyClub),
    OPERATION(memberIsInLoyaltyClub, MemberIsInLoyaltyClub, SyncMemberIsInLoyaltyClub),
    OPERATION(fetchAccountCore, FetchAccountCore, FetchAccountCore),
    OPERATION(saveAccountCore, SaveAccountCore, SaveAccountCore),
    OPERATION(fetchAccountAddress, FetchAccountAddress, FetchAccountAddress),
    OPERATION(saveAccountAddress, SaveAccountAddress, SaveAccountAddress),
    OPERATION(saveAccountEmail, SaveAccountEmail, SaveAccountEmail),
    OPERATION(deleteAccountEmailAddress, DeleteAccountEmailAddress, DeleteAccountEmailAddress),
    OPERATION(saveAccountPhone, SaveAccountPhone, SaveAccountPhone),
    OPERATION(fetchAccountIds, FetchAccountIds, FetchAccountIds),
    OPERATION(saveAccountId, SaveAccountId, SaveAccountId),
    OPERATION(deleteAccountId, DeleteAccountId, DeleteAccountId),
    OPERATION(saveAccountCustomFields, SaveAccountCustomFields, SaveAccountCustomFields),
};

static void check(const QString &name, const QString &expected, const QString &got) {
    out << (got == expected ? "ok: " + name : "failed: " + name + ": expected " + expected + ", got " + got) << Qt::endl;
}

int main(int count, char **arguments) {
    QCoreApplication application(count, arguments);
    out.setCodec("UTF-8");

    for (const auto version : {KDSoapClientInterface::SOAP1_1, KDSoapClientInterface::SOAP1_2}) {
        const QString prefix = version == KDSoapClientInterface::SOAP1_1 ? "SOAP 1.1: " : "SOAP 1.2: ";
        Sync::SyncSoap service;
        service.setEndPoint(QString::fromUtf8(arguments[1]) + "/Services/Sync.asmx");
        service.setSoapVersion(version);
        const auto outcome = [&](const Call &call) {
            const QString got = OPERATIONS[call.operation](service, call.sent);
            return service.lastError().isEmpty() ? got : "Fault: " + service.lastError().section(": ", -1);
        };
        for (const Call &call : calls())
            if (!call.expected.startsWith("Fault: "))
                check(prefix + call.name, call.expected, outcome(call));

        // A header block that the service doesn't know and must understand.
        KDSoapValue must("mustUnderstand", "1");
        must.setQualified(true);
        must.setNamespaceUri(version == KDSoapClientInterface::SOAP1_1 ? "http://schemas.xmlsoap.org/soap/envelope/"
                                                                       : "http://www.w3.org/2003/05/soap-envelope");
        KDSoapValueList content;
        content.attributes().append(must);
        KDSoapMessage block;
        block.childValues().append(KDSoapValue("Security", content));
        service.clientInterface()->setHeader("Security", block);
        QSet<QString> seen;
        for (const Call &call : calls()) {
            if (seen.contains(call.operation))
                continue;
            seen.insert(call.operation);
            check(prefix + call.operation + " with a header block that must be understood is a fault",
                  "Fault: SOAP header Security was not understood.", outcome(call));
        }
    }
}
