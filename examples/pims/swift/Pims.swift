// The facade of the mobile SDK, for tests of an app: what the app calls, and what its callbacks are told. Copy this file.
//
// Not run here: there is no Swift on the machine of the tests. iOS 15 or macOS 12. The vendor's samples compile with it as they are printed:
//
//     pims.set(api: "pims.authentication.smscode", parameters: ["type": "modifyPhoneNumber", …]) { message in
//         if message["status"] == "SUCCEEDED" { … }
//     }
//
// One of them is printed with "SUCEEDED", which is misspelt there: what the SDK sends, and this, is "SUCCEEDED".

import Foundation

/// A message, as callbacks are told it.
public struct PimsMessage {
    public let members: [String: Any]

    /// A member that is a text or null: `message["status"] == "SUCCEEDED"`.
    public subscript(name: String) -> String? { members[name] as? String }

    /// The result of a get, or of an event of a subscription; nil where there is none, or it is null.
    public var result: [String: Any]? { members["result"] as? [String: Any] }

    /// The error of a message that is `FAILED`: its code and its label.
    public var error: (code: Int, label: String)? {
        guard let error = members["error"] as? [String: Any], let code = error["code"] as? Int else { return nil }
        return (code, error["label"] as? String ?? "")
    }
}

/// One facade, as a process of an app has it. A callback comes on a queue of URLSession's, exactly once; that of `subscribe` once as
/// acknowledgement, then for each event.
public final class Pims {
    public typealias Callback = (PimsMessage) -> Void

    private let baseURL: URL
    private let instance = UUID().uuidString
    private let session: URLSession

    public init(baseURL: URL = URL(string: "http://127.0.0.1:8080")!, timeout: TimeInterval = 60) {
        self.baseURL = baseURL
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeout
        session = URLSession(configuration: configuration)
    }

    public func initialize(parameters: [String: Any], callback: @escaping Callback) {
        call("initialize", ["parameters": parameters], callback)
    }

    public func release(callback: @escaping Callback) { call("release", [:], callback) }

    public func get(api: String, parameters: [String: Any] = [:], callback: @escaping Callback) {
        call("get", ["api": api, "parameters": parameters], callback)
    }

    public func set(api: String, parameters: [String: Any] = [:], callback: @escaping Callback) {
        call("set", ["api": api, "parameters": parameters], callback)
    }

    public func unsubscribe(api: String, callback: @escaping Callback) { call("unsubscribe", ["api": api], callback) }

    public func subscribe(api: String, parameters: [String: Any] = [:], callback: @escaping Callback) {
        let request = self.request("subscribe", ["api": api, "parameters": parameters])
        Task {
            var isAcknowledged = false
            var failure = Self.failed(2202, Self.noInternet)
            do {
                let (bytes, response) = try await session.bytes(for: request)
                if let refusal = Self.refusal(response, text: "") {
                    failure = refusal
                } else {
                    // A stream is quiet for five seconds at most: then comes a comment.
                    for try await line in bytes.lines where line.hasPrefix("data: ") {
                        if let message = Self.parse(Data(line.dropFirst(6).utf8)) {
                            isAcknowledged = true
                            callback(message)
                        }
                    }
                }
            } catch {
                failure = Self.failure(error)
            }
            if !isAcknowledged { callback(failure) }
        }
    }

    private func call(_ method: String, _ body: [String: Any], _ callback: @escaping Callback) {
        session.dataTask(with: request(method, body)) { data, response, error in
            if let error { return callback(Self.failure(error)) }
            let text = data.flatMap { String(data: $0, encoding: .utf8) } ?? ""
            if let refusal = Self.refusal(response, text: text) { return callback(refusal) }
            callback(data.flatMap(Self.parse) ?? Self.failed(2202, Self.noInternet))
        }.resume()
    }

    private func request(_ method: String, _ body: [String: Any]) -> URLRequest {
        var request = URLRequest(url: baseURL.appendingPathComponent("pims/\(method)"))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue(instance, forHTTPHeaderField: "X-Pims-Instance")
        request.httpBody = try? JSONSerialization.data(withJSONObject: body)
        return request
    }

    private static func parse(_ data: Data) -> PimsMessage? {
        ((try? JSONSerialization.jsonObject(with: data)) as? [String: Any]).map { PimsMessage(members: $0) }
    }

    /// What the callback is told if there is no message; nil if there is one.
    private static func refusal(_ response: URLResponse?, text: String) -> PimsMessage? {
        guard let status = (response as? HTTPURLResponse)?.statusCode else { return failed(2202, noInternet) }
        switch status {
        case 200: return nil
        case 500...: return failed(2201, timeout)
        default:
            return failed(2203, "HTTP \(status): " + text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    private static func failure(_ error: Error) -> PimsMessage {
        (error as? URLError)?.code == .timedOut ? failed(2201, timeout) : failed(2202, noInternet)
    }

    private static func failed(_ code: Int, _ label: String) -> PimsMessage {
        let id = String(UUID().uuidString.lowercased().prefix(13))
        return PimsMessage(members: ["transactionId": id, "status": "FAILED", "error": ["code": code, "label": label]])
    }

    private static let timeout = "Timeout/Polling Timeout/Command Timeout"
    private static let noInternet = "Network problem : No internet"
}
