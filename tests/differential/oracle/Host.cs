// Serves one ASP.NET application by Mono's System.Web, with no web server around it:
//
//   mono APPLICATION_FOLDER/bin/host.exe APPLICATION_FOLDER
//
// The folder holds web.config, the .asmx files, and in bin/ the code and this program, which ASP.NET loads again from there
// into a domain of its own. HTTP is spoken just well enough for a test: one request a connection, its head given to ASP.NET
// as it came.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Web;
using System.Web.Hosting;

public class Host : MarshalByRefObject
{
    public static int Port { get; private set; }

    public static void Main(string[] arguments)
    {
        string folder = Path.GetFullPath(arguments[0]) + Path.DirectorySeparatorChar;
        ((Host)ApplicationHost.CreateApplicationHost(typeof(Host), "/", folder)).Serve();
    }

    public override object InitializeLifetimeService() { return null; } // Never forgotten, however long a run takes.

    private void Serve()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Console.WriteLine("listening on http://" + listener.LocalEndpoint);
        while (true)
        {
            TcpClient client = listener.AcceptTcpClient();
            // With a stack for documents that nest deeply.
            new Thread(() => Answer(client), 16 << 20).Start();
        }
    }

    private static void Answer(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                Request request = Request.Read(new BufferedStream(stream), stream);
                if (request == null) return;
                HttpRuntime.ProcessRequest(request);
                // HttpRuntime may go on in another thread.
                if (!request.Done.WaitOne(TimeSpan.FromSeconds(60))) return;
                byte[] answer = request.Answer();
                stream.Write(answer, 0, answer.Length);
            }
            catch (Exception error) // The client has left, or doesn't speak HTTP; the next one may.
            {
                Console.Error.WriteLine(error);
            }
        }
    }
}

/// One request as ASP.NET asks for it, and the answer as ASP.NET gives it.
public class Request : SimpleWorkerRequest
{
    private const string Service = "/Services/Sync.asmx";
    public readonly ManualResetEvent Done = new ManualResetEvent(false);
    private readonly string method, target, path, query;
    private readonly Dictionary<int, string> known = new Dictionary<int, string>();
    private readonly List<string[]> unknown = new List<string[]>();
    private readonly byte[] body;
    private readonly StringBuilder head = new StringBuilder();
    private readonly MemoryStream content = new MemoryStream();

    private Request(string method, string target, List<string[]> headers, byte[] body)
        : base("", "", TextWriter.Null)
    {
        this.method = method;
        this.target = target;
        this.body = body;
        int mark = target.IndexOf('?');
        path = Uri.UnescapeDataString(mark < 0 ? target : target.Substring(0, mark));
        // Windows finds a file in any case.
        if (path.StartsWith(Service, StringComparison.OrdinalIgnoreCase))
            path = Service + path.Substring(Service.Length);
        query = mark < 0 ? "" : target.Substring(mark + 1);
        foreach (string[] header in headers)
        {
            int index = GetKnownRequestHeaderIndex(header[0]);
            string[] earlier = FindUnknown(header[0]);
            // Several of one name are one for ASP.NET, as IIS joins them.
            if (index >= 0) known[index] = known.ContainsKey(index) ? known[index] + "," + header[1] : header[1];
            else if (earlier != null) earlier[1] += "," + header[1];
            else unknown.Add(header);
        }
        // A chunked body has arrived whole, and ASP.NET need not know how.
        known[HeaderContentLength] = body.Length.ToString();
        known.Remove(HeaderTransferEncoding);
    }

    public static Request Read(Stream stream, Stream back)
    {
        string line = ReadLine(stream);
        if (string.IsNullOrEmpty(line)) return null;
        string[] parts = line.Split(' ');
        var headers = new List<string[]>();
        int length = 0;
        bool chunked = false;
        while (!string.IsNullOrEmpty(line = ReadLine(stream)))
        {
            int colon = line.IndexOf(':');
            var header = new[] { line.Substring(0, colon), line.Substring(colon + 1).Trim(' ', '\t') };
            headers.Add(header);
            string name = header[0].ToLowerInvariant();
            if (name == "content-length") length = int.Parse(header[1]);
            if (name == "transfer-encoding") chunked = true;
            if (name == "expect")
            {
                byte[] interim = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");
                back.Write(interim, 0, interim.Length);
            }
        }
        byte[] body = chunked ? ReadChunks(stream) : ReadBytes(stream, length);
        return new Request(parts[0], parts[1], headers, body);
    }

    public byte[] Answer()
    {
        head.Append("Content-Length: " + content.Length + "\r\nConnection: close\r\n\r\n");
        byte[] start = Encoding.GetEncoding(28591).GetBytes(head.ToString());
        var whole = new MemoryStream();
        whole.Write(start, 0, start.Length);
        if (method != "HEAD") content.WriteTo(whole);
        return whole.ToArray();
    }

    private static string ReadLine(Stream stream)
    {
        var line = new StringBuilder();
        int next;
        while ((next = stream.ReadByte()) >= 0 && next != '\n') line.Append((char)next);
        if (next < 0 && line.Length == 0) return null;
        return line.ToString().TrimEnd('\r');
    }

    private static byte[] ReadBytes(Stream stream, int length)
    {
        var bytes = new byte[length];
        int at = 0, read;
        while (at < length && (read = stream.Read(bytes, at, length - at)) > 0) at += read;
        if (at < length) throw new IOException("the body is cut short");
        return bytes;
    }

    private static byte[] ReadChunks(Stream stream)
    {
        var all = new MemoryStream();
        int size;
        while ((size = Convert.ToInt32(ReadLine(stream).Split(';')[0].Trim(), 16)) > 0)
        {
            all.Write(ReadBytes(stream, size), 0, size);
            ReadLine(stream);
        }
        while (!string.IsNullOrEmpty(ReadLine(stream))) { }
        return all.ToArray();
    }

    public override string GetHttpVerbName() { return method; }
    public override string GetHttpVersion() { return "HTTP/1.1"; }
    public override string GetRawUrl() { return target; }
    public override string GetUriPath() { return path; }
    public override string GetFilePath() { return PathInfoAt() < 0 ? path : path.Substring(0, PathInfoAt()); }
    public override string GetPathInfo() { return PathInfoAt() < 0 ? "" : path.Substring(PathInfoAt()); }
    public override string GetQueryString() { return query; }
    public override byte[] GetQueryStringRawBytes() { return Encoding.ASCII.GetBytes(query); }
    public override string GetAppPath() { return "/"; }
    public override string GetAppPathTranslated() { return HttpRuntime.AppDomainAppPath; }
    public override string GetFilePathTranslated() { return MapPath(GetFilePath()); }
    public override string MapPath(string name)
    {
        return Path.Combine(HttpRuntime.AppDomainAppPath, name.TrimStart('/'));
    }
    // A caller from elsewhere, to whom no details are told.
    public override string GetRemoteAddress() { return "192.0.2.1"; }
    public override string GetLocalAddress() { return "127.0.0.1"; }
    public override int GetLocalPort() { return Host.Port; }
    public override string GetKnownRequestHeader(int index)
    {
        string value;
        return known.TryGetValue(index, out value) ? value : null;
    }
    public override string[][] GetUnknownRequestHeaders() { return unknown.ToArray(); }
    public override string GetUnknownRequestHeader(string name)
    {
        string[] found = FindUnknown(name);
        return found == null ? null : found[1];
    }
    public override byte[] GetPreloadedEntityBody() { return body; }
    public override int GetPreloadedEntityBodyLength() { return body.Length; }
    public override int GetTotalEntityBodyLength() { return body.Length; }
    public override bool IsEntireEntityBodyIsPreloaded() { return true; }

    public override void SendStatus(int status, string description)
    {
        head.Append("HTTP/1.1 " + status + " " + description + "\r\n");
    }
    public override void SendKnownResponseHeader(int index, string value)
    {
        SendUnknownResponseHeader(GetKnownResponseHeaderName(index), value);
    }
    public override void SendUnknownResponseHeader(string name, string value)
    {
        if (name != "Content-Length" && name != "Connection") head.Append(name + ": " + value + "\r\n");
    }
    public override void SendResponseFromMemory(byte[] data, int length) { content.Write(data, 0, length); }
    public override void SendResponseFromFile(string file, long offset, long length)
    {
        var bytes = new byte[length];
        using (var stream = File.OpenRead(file))
        {
            stream.Position = offset;
            content.Write(bytes, 0, stream.Read(bytes, 0, bytes.Length));
        }
    }
    public override void FlushResponse(bool final) { }
    public override void EndOfRequest() { Done.Set(); }

    private string[] FindUnknown(string name)
    {
        return unknown.Find(header => string.Equals(header[0], name, StringComparison.OrdinalIgnoreCase));
    }

    private int PathInfoAt() { return path.StartsWith(Service + "/", StringComparison.Ordinal) ? Service.Length : -1; }
}
