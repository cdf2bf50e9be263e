using System.Text;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Session;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>Edits come out alike with each MTA, though the MTAs count places differently.</summary>
public sealed class EditTests
{
    private static readonly HeaderField[] Header =
    [
        Some.Field("Received", " one"), Some.Field("X-Tag", " 1"), Some.Field("Subject", " s"), Some.Field("x-tag", " 2"),
        Some.Field("Content-Type", " text/plain"), Some.Field("X-Tag", " 3"), Some.Field("Received", " two"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Mtas => new()
    {
        { "Postfix", true }, { "Postfix", false }, { "Sendmail", true }, { "Sendmail", false },
    };

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task DeletingNamesakesTakesTheRightOnes(string mta, bool modern) =>
        Assert.Equal(
            "Received: one\nSubject: s\nContent-Type: text/plain\nX-Tag: 3\nReceived: two",
            await EditAsync(mta, modern, new HeaderEdit.Delete(1), new HeaderEdit.Delete(3)));

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task AChangeStaysAtItsPlaceBesideDeletedNamesakes(string mta, bool modern) =>
        Assert.Equal(
            "Received: one\nSubject: s\nContent-Type: text/plain\nX-Tag: three\nReceived: 2nd",
            await EditAsync(
                mta, modern, Change(5, " three"), new HeaderEdit.Delete(1), Change(6, " 2nd"), new HeaderEdit.Delete(3)));

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task AnAddedFieldComesLastEvenWhereItHasNamesakes(string mta, bool modern) =>
        Assert.Equal(
            "Received: one\nX-Tag: 1\nSubject: s\nx-tag: 2\nX-Tag: 3\nReceived: two\nX-Tag: 4\nContent-Type: text/html\nX-New: a\nX-New: b",
            await EditAsync(
                mta, modern, Add("X-Tag", " 4"), new HeaderEdit.Delete(4), Add("Content-Type", " text/html"), Add("X-New", " a"), Add("X-New", " b")));

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task PrependedFieldsComeFirstInTheirOrderAndShiftNoPlace(string mta, bool modern) =>
        Assert.Equal(
            "X-Tag: 0\nReceived: zero\nReceived: one\nSubject: s\nx-tag: two\nContent-Type: text/plain\nX-Tag: 3\nReceived: two",
            await EditAsync(
                mta, modern, new HeaderEdit.Prepend("X-Tag", " 0"u8.ToArray()), new HeaderEdit.Prepend("Received", " zero"u8.ToArray()),
                Change(3, " two"), new HeaderEdit.Delete(1)));

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task FoldsAreSentWithoutCarriageReturnAndNeverBecomeFieldsOfTheirOwn(string mta, bool modern) =>
        Assert.Equal(
            "Received: one\nX-Tag: a\n\tb\n c\nSubject: s\nx-tag: evil\n Bcc: x\nContent-Type: text/plain\nX-Tag: a b\nReceived: two",
            await EditAsync(mta, modern, Change(1, " a\r\n\tb\n c"), Change(3, " evil\r\nBcc: x"), Change(5, " a\rb")));

    [Theory]
    [MemberData(nameof(Mtas))]
    public async Task AnEmptyValueChangesAFieldAndDoesNotDeleteIt(string mta, bool modern) =>
        Assert.Contains("\nSubject: ", await EditAsync(mta, modern, Change(2, "")), StringComparison.Ordinal);

    [Fact]
    public void EditsThatNoHeaderCanHoldAreRefused()
    {
        static void Refuse(params HeaderEdit[] edits) =>
            Assert.Throws<ArgumentException>(() => HeaderEditPlan.Make(Header, edits, MtaKind.Postfix, true));
        Refuse(Change(7, " x"));
        Refuse(Change(-1, " x"));
        Refuse(Change(1, " x"), new HeaderEdit.Delete(1));
        Refuse(Add("", " x"));
        Refuse(Add("A:b", " x"));
        Refuse(Add("A b", " x"));
        Refuse(Add("A\nb", " x"));
        Refuse(Add("A", " \0"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65534)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(131070)]
    [InlineData(1_000_000)]
    public async Task ANewBodyArrivesWhole(int length)
    {
        byte[] body = Some.Bytes(length);
        var filter = new ScriptedFilter { OnMessage = (_, seen) => new MailVerdict.Changed(new MessageChanges([], new MemoryStream(body))) };
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        Assert.Equal(body, (await client.DeliverAsync(Some.Message, Ct)).Body.ToArray());
        Assert.Equal(body, (await client.DeliverAsync(Some.WithBody(body), Ct)).Body.ToArray());
        Assert.Equal(body, filter.Last.Body.WrittenSpan.ToArray());
    }

    [Fact]
    public async Task AQuarantineThatWasNotOfferedIsATemporaryRefusal()
    {
        var filter = new ScriptedFilter { OnMessage = (_, _) => new MailVerdict.Quarantined("x") };
        await using TestServer server = await TestServer.StartAsync(filter);
        MtaHabits old = MtaHabits.Sendmail with { Offer = new Negotiation(2, (MilterActions)0x1F, (MilterProtocol)0x7F) };
        await using MilterClient client = await server.GreetAsync(old);
        Assert.StartsWith("451", (await client.DeliverAsync(Some.Message, Ct)).Final.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> EditAsync(string mta, bool modern, params HeaderEdit[] edits)
    {
        var filter = new ScriptedFilter { OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges(edits, null)) };
        await using TestServer server = await TestServer.StartAsync(filter);
        MtaHabits habits = SessionTests.Habits(mta);
        if (!modern)
            habits = habits with { Offer = new Negotiation(2, (MilterActions)0x3F, (MilterProtocol)0x7F) };
        await using MilterClient client = await server.GreetAsync(habits);
        return Some.Text(await client.DeliverAsync(Some.WithHeader(Header), Ct));
    }

    private static HeaderEdit.Change Change(int field, string value) => new(field, Encoding.UTF8.GetBytes(value));

    private static HeaderEdit.Add Add(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
