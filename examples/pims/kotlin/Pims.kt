// The facade of the mobile SDK, for tests of an app: what the app calls, and what its callbacks are told. Copy this file.
//
// For JVM and Android alike. It needs org.json, which is part of Android; on the JVM it is the dependency org.json:json.

import java.io.InputStream
import java.io.InterruptedIOException
import java.net.HttpURLConnection
import java.net.URL
import java.util.UUID
import org.json.JSONArray
import org.json.JSONObject

typealias Message = Map<String, Any?>

/**
 * One facade, as a process of an app has it. In the Android emulator, [baseUrl] is `http://10.0.2.2:8080`.
 *
 * A callback comes on a thread of the facade's, exactly once; that of [subscribe] once as acknowledgement, then for each event.
 */
class Pims(private val baseUrl: String = "http://127.0.0.1:8080", private val timeoutMillis: Int = 60_000) {
    private val instance = UUID.randomUUID().toString()

    fun initialize(parameters: Map<String, Any?>, callback: (Message) -> Unit) =
        call("initialize", mapOf("parameters" to parameters), callback)

    fun release(callback: (Message) -> Unit) = call("release", emptyMap(), callback)

    fun get(api: String, parameters: Map<String, Any?>, callback: (Message) -> Unit) =
        call("get", mapOf("api" to api, "parameters" to parameters), callback)

    fun set(api: String, parameters: Map<String, Any?>, callback: (Message) -> Unit) =
        call("set", mapOf("api" to api, "parameters" to parameters), callback)

    fun unsubscribe(api: String, callback: (Message) -> Unit) = call("unsubscribe", mapOf("api" to api), callback)

    fun subscribe(api: String, parameters: Map<String, Any?>, callback: (Message) -> Unit) {
        inBackground {
            var acknowledged = false
            val failure = attempt {
                val connection = send("subscribe", mapOf("api" to api, "parameters" to parameters))
                refusal(connection) ?: run {
                    // A stream is quiet for five seconds at most: then comes a comment.
                    connection.inputStream.bufferedReader().forEachLine { line ->
                        if (line.startsWith("data: ")) {
                            acknowledged = true
                            callback(parse(line.removePrefix("data: ")))
                        }
                    }
                    failed(2202, NO_INTERNET)
                }
            }
            if (!acknowledged) callback(failure)
        }
    }

    private fun call(method: String, body: Map<String, Any?>, callback: (Message) -> Unit) = inBackground {
        val message = attempt {
            val connection = send(method, body)
            refusal(connection) ?: parse(text(connection.inputStream))
        }
        callback(message)
    }

    private fun send(method: String, body: Map<String, Any?>): HttpURLConnection {
        val connection = URL("$baseUrl/pims/$method").openConnection() as HttpURLConnection
        connection.requestMethod = "POST"
        connection.connectTimeout = timeoutMillis
        connection.readTimeout = timeoutMillis
        connection.doOutput = true
        // So the connection isn't kept, and a call isn't sent again on a new one when the server has closed an old one.
        connection.setRequestProperty("Connection", "close")
        connection.setFixedLengthStreamingMode(bytes(body).size)
        connection.setRequestProperty("Content-Type", "application/json")
        connection.setRequestProperty("X-Pims-Instance", instance)
        connection.outputStream.use { it.write(bytes(body)) }
        return connection
    }

    /** What the callback is told if there is no message; null if there is one. */
    private fun refusal(connection: HttpURLConnection): Message? {
        val status = connection.responseCode
        return when {
            status == 200 -> null
            status >= 500 -> failed(2201, TIMEOUT)
            status < 0 -> failed(2202, NO_INTERNET)
            else -> failed(2203, "HTTP $status: " + (connection.errorStream?.let { text(it) } ?: "").trim())
        }
    }

    /** Whatever goes wrong on the way is a message, too. */
    private fun attempt(work: () -> Message): Message = try {
        work()
    } catch (late: InterruptedIOException) {
        failed(2201, TIMEOUT)
    } catch (broken: Exception) {
        failed(2202, NO_INTERNET)
    }

    private fun failed(code: Int, label: String): Message = mapOf(
        "transactionId" to UUID.randomUUID().toString().take(13),
        "status" to "FAILED",
        "error" to mapOf("code" to code, "label" to label)
    )

    private fun inBackground(work: () -> Unit) {
        Thread(work, "pims").apply { isDaemon = true }.start()
    }

    private fun bytes(body: Map<String, Any?>) = (toJson(body) as JSONObject).toString().toByteArray()

    private fun text(stream: InputStream) = stream.bufferedReader().use { it.readText() }

    private fun parse(text: String): Message = fromObject(JSONObject(text))

    private fun toJson(value: Any?): Any = when (value) {
        null -> JSONObject.NULL
        is Map<*, *> -> JSONObject().also { json -> value.forEach { (name, member) -> json.put(name.toString(), toJson(member)) } }
        is Iterable<*> -> JSONArray().also { json -> value.forEach { json.put(toJson(it)) } }
        else -> value
    }

    private fun fromObject(json: JSONObject): Message {
        val map = LinkedHashMap<String, Any?>()
        for (name in json.keys()) map[name.toString()] = fromJson(json.get(name.toString()))
        return map
    }

    private fun fromJson(value: Any): Any? = when (value) {
        JSONObject.NULL -> null
        is JSONObject -> fromObject(value)
        is JSONArray -> (0 until value.length()).map { fromJson(value.get(it)) }
        else -> value
    }

    private companion object {
        const val TIMEOUT = "Timeout/Polling Timeout/Command Timeout"
        const val NO_INTERNET = "Network problem : No internet"
    }
}
