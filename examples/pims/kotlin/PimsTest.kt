// Tests of the facade, against a running emulator: PimsTest BASE_URL. Each check is a line, `ok: …` or `failed: …`.

import java.net.HttpURLConnection
import java.net.ServerSocket
import java.net.URL
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

const val SMS_CODE = "pims.authentication.smscode"
const val TRUSTED = "pims.authentication.trustedphonenumber"

fun check(name: String, expected: Any?, got: Any?) =
    println(if (expected == got) "ok: $name" else "failed: $name: expected $expected, got $got")

/** The messages that a call was told, one after the other. */
class Told : (Message) -> Unit {
    private val messages = LinkedBlockingQueue<Message>()
    override fun invoke(message: Message) = messages.put(message)
    fun next(): Message = messages.poll(30, TimeUnit.SECONDS) ?: mapOf("status" to "nothing")
    val isEmpty get() = messages.isEmpty()
}

fun told(call: (Told) -> Unit) = Told().also(call).next()

fun code(message: Message) = (message["error"] as? Map<*, *>)?.get("code")

fun control(base: String, method: String, path: String, body: String = ""): String {
    val connection = URL("$base/_emulator/$path").openConnection() as HttpURLConnection
    connection.requestMethod = method
    connection.setRequestProperty("Content-Type", "application/json")
    if (body.isNotEmpty()) {
        connection.doOutput = true
        connection.outputStream.use { it.write(body.toByteArray()) }
    }
    return connection.inputStream.bufferedReader().readText()
}

fun initialization() = mapOf(
    "environnement" to "development", "mode" to "B2C", "profile" to mapOf("brand" to "Peugeot"),
    "credential" to mapOf(
        "clientId" to "id", "clientSecret" to "secret", "webviewsRedirectURI" to "app://web", "loginRedirectURI" to "app://login"
    )
)

fun lastCode(base: String, number: String) =
    Regex("\"code\":\"(\\d+)\"").findAll(control(base, "GET", "messages?to=$number")).last().groupValues[1]

fun flow(base: String) {
    val pims = Pims(base)
    check("no call goes before initialize", 2001, code(told { pims.get(TRUSTED, emptyMap(), it) }))
    val begun = told { pims.initialize(initialization(), it) }
    check("the facade is initialised", "SUCCEEDED", begun["status"])
    check("a result without data is null, and there", listOf(true, true), listOf(begun["result"] == null, "result" in begun))
    told { pims.set("pims.authentication.user", mapOf("action" to "login", "login" to "kotlin@example.com"), it) }

    val events = Told()
    pims.subscribe(TRUSTED, emptyMap(), events)
    val acknowledgement = events.next()
    check("a subscription is acknowledged", "SUCCEEDED", acknowledgement["status"])

    told { pims.get(SMS_CODE, mapOf("type" to "phoneNumberCertification", "phoneNumber" to "0612345678"), it) }
    val add = mapOf("type" to "addPhoneNumber", "phoneNumber" to "0612345678")
    val failed = told { pims.set(SMS_CODE, add + ("smsCode" to "0"), it) }
    check("a failure has an error, which is a map", "Invalid smsCode parameter", (failed["error"] as? Map<*, *>)?.get("label"))
    check("and no result", false, "result" in failed)
    val added = told { pims.set(SMS_CODE, add + ("smsCode" to lastCode(base, "33612345678")), it) }
    check("the number is added", "SUCCEEDED", added["status"])
    val event = events.next()
    check("the subscriber is told", mapOf("phoneNumber" to "0612345678"), event["result"])
    check("with the same id", acknowledgement["transactionId"], event["transactionId"])
    check("a subscription ends", "SUCCEEDED", told { pims.unsubscribe(TRUSTED, it) }["status"])
    check("the facade is released", "SUCCEEDED", told { pims.release(it) }["status"])
    check("a subscription that is refused is told once", 2001, code(told { pims.subscribe(TRUSTED, emptyMap(), it) }))
}

/** A server that reads from each connection, sends the answer and closes it; without an answer it leaves all of them open. */
fun server(answer: String?): ServerSocket {
    val server = ServerSocket(0)
    val open = ArrayList<java.net.Socket>()
    Thread {
        while (!server.isClosed) {
            try {
                val socket = server.accept()
                if (answer == null) {
                    open.add(socket)
                    continue
                }
                socket.getInputStream().read(ByteArray(65536))
                socket.getOutputStream().write(answer.toByteArray())
                socket.close()
            } catch (closed: Exception) {
                return@Thread
            }
        }
    }.apply { isDaemon = true }.start()
    return server
}

fun failures() {
    val refused = ServerSocket(0).use { it.localPort }
    val unavailable = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    val notFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno!"
    val cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 80\r\n\r\n{\"transact"
    for ((name, port, expected) in listOf(
        Triple("a connection that is refused", refused, 2202),
        Triple("one that is closed", server("").localPort, 2202),
        Triple("an answer that is cut off", server(cut).localPort, 2202),
        Triple("503", server(unavailable).localPort, 2201),
        Triple("404", server(notFound).localPort, 2203),
        Triple("no answer in time", server(null).localPort, 2201)
    )) {
        val pims = Pims("http://127.0.0.1:$port", 500)
        val calls = listOf<Pair<String, (Told) -> Unit>>(
            "get" to { told -> pims.get(TRUSTED, emptyMap(), told) },
            "set" to { told -> pims.set(SMS_CODE, emptyMap(), told) },
            "subscribe" to { told -> pims.subscribe(TRUSTED, emptyMap(), told) },
            "unsubscribe" to { told -> pims.unsubscribe(TRUSTED, told) }
        )
        val all = calls.map { (method, call) -> method to Told().also(call) }
        for ((method, told) in all) {
            val message = told.next()
            check("$name is told by $method", listOf("FAILED", expected), listOf(message["status"], code(message)))
        }
        check("$name is told once", true, all.all { (_, told) -> told.isEmpty })
    }
}

fun main(arguments: Array<String>) {
    val base = arguments[0]
    control(base, "PUT", "programs/kotlin", """
        {"phone_number_types":[{"external_reference":"MOBILE","name":"Mobile"}],"members":[{"member_id":1}],
         "pims_accounts":[{"login":"kotlin@example.com","member_id":1,"device_enrolled":true}]}""")
    try {
        flow(base)
        failures()
    } finally {
        control(base, "DELETE", "programs/kotlin")
    }
}
