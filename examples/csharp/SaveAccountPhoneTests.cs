using System.ServiceModel;
using System.Text.Json;
using Sync;
using Xunit;

namespace SyncAsmx.Example;

public sealed class SaveAccountPhoneTests(Emulator emulator) : IClassFixture<Emulator>, IAsyncLifetime
{
    private readonly SyncSoapClient client =
        new(new BasicHttpBinding(), new EndpointAddress($"{emulator.Url}/Services/Sync.asmx"));

    // The program of this suite, as it was put: a reset clears its journal and faults, too.
    public Task InitializeAsync() => emulator.AskAsync(HttpMethod.Post, "programs/suite/reset");

    public Task DisposeAsync()
    {
        client.Abort();
        return Task.CompletedTask;
    }

    // What is tested: here a call by WCF, in your suite your own client. svcutil gives the result, or wraps it, by its version.
    private async Task<respSaveAccountPhone> SaveAsync(int member, string number)
    {
        var answer = await client.SaveAccountPhoneAsync(new reqSaveAccountPhone
        {
            SecurityToken = "SUITE",
            MemberId = member,
            PhoneNumberTypeExternalReference = "HOME",
            PhoneNumber = number,
            IsValid = 1,
        });
        return answer.Body.SaveAccountPhoneResult;
    }

    [Fact]
    public async Task A_number_is_saved()
    {
        var answer = await SaveAsync(1, "+1 (519) 555-0123");
        Assert.Equal((0, "+1 519-555-0123"), (answer.ReturnCode, answer.SavedPhoneNumber));
        Assert.Contains("\"number\":\"+15195550123\"", await emulator.AskAsync(HttpMethod.Get, "programs/suite/members/1"));
    }

    [Fact]
    public async Task A_number_of_another_member_is_315() => Assert.Equal(315, (await SaveAsync(1, "+1 519 555 0199")).ReturnCode);

    [Fact]
    public async Task A_call_that_breaks_on_purpose_is_made_again()
    {
        await emulator.AskAsync(HttpMethod.Post, "faults", """
            {"program":"suite","operation":"SaveAccountPhone","times":1,"answer":{"soap_fault":"Timeout expired."}}
            """);
        var fault = await Assert.ThrowsAnyAsync<FaultException>(() => SaveAsync(1, "+1 519 555 0123"));
        Assert.Contains("Timeout expired.", fault.Message);
        Assert.Equal(0, (await SaveAsync(1, "+1 519 555 0123")).ReturnCode);
        using var journal = JsonDocument.Parse(await emulator.AskAsync(HttpMethod.Get, "journal?program=suite&operation=SaveAccountPhone"));
        var codes = journal.RootElement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("return_code").ToString());
        Assert.Equal(new[] { "", "0" }, codes);
    }
}
