using System.Diagnostics;
using System.Text;

namespace SyncAsmx.Example;

/// <summary>The emulator, for a test class: started on a free port, and its control plane.</summary>
public sealed class Emulator : IDisposable
{
    public const string Seed = """
        {"security_tokens":[{"token":"SUITE","methods":["*"]}],
         "phone_number_types":[{"external_reference":"HOME","name":"Home"}],
         "members":[{"member_id":1,"first_name":"Ada"},
           {"member_id":2,"first_name":"Alan","phones":[{"type":"HOME","number":"+15195550199"}]}]}
        """;

    private readonly HttpClient http = new();
    private readonly Process process;

    public string Url { get; }

    public Emulator()
    {
        var program = Environment.GetEnvironmentVariable("SYNC_ASMX") ?? "sync-asmx";
        process = Process.Start(new ProcessStartInfo(program, "--listen 127.0.0.1:0 --ledger memory:") { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} doesn't start");
        var line = process.StandardOutput.ReadLine();
        if (line?.StartsWith("listening on ") != true)
        {
            Dispose();
            throw new InvalidOperationException($"{program} doesn't listen: {line}");
        }
        Url = line["listening on ".Length..].Trim();
        AskAsync(HttpMethod.Put, "programs/suite", Seed).GetAwaiter().GetResult();
    }

    /// <summary>Asks the control plane; gives the text of the answer.</summary>
    public async Task<string> AskAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{Url}/_emulator/{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
        process.Dispose();
        http.Dispose();
    }
}
