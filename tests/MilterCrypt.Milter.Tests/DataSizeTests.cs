using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Tests.Support;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter.Tests;

/// <summary>Frames that hold more than usual (SMFIP_MDS_*): only where the MTA offers it.</summary>
public sealed class DataSizeTests
{
    private const int Usual = 65535;
    private const int Large = (256 * 1024) - 1;
    private const int Huge = (1024 * 1024) - 1;

    private const MilterProtocol Both = MilterProtocol.Data256K | MilterProtocol.Data1M;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<MilterProtocol, int, int> Offers => new()
    {
        { MilterProtocol.None, Huge, Usual },
        { MilterProtocol.Data256K, Huge, Large },
        { MilterProtocol.Data1M, Huge, Huge },
        { Both, Huge, Huge },
        { Both, Huge - 1, Large },
        { Both, Large - 1, Usual },
        { MilterProtocol.Data1M, Large, Usual },
        { Both, 0, Usual },
    };

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task TheLargestSizeThatIsOfferedAndAllowedIsUsedBothWays(MilterProtocol offer, int allowed, int expected)
    {
        byte[] body = Some.Bytes(2_500_000), changed = Some.Bytes(2_500_001, seed: 2);
        var filter = new ScriptedFilter { OnMessage = (_, _) => new MailVerdict.Changed(new MessageChanges([], new MemoryStream(changed))) };
        var frames = new List<FrameTrace>();
        await using TestServer server = await TestServer.StartAsync(filter, options: new MilterOptions { MaxDataSize = allowed });
        MtaHabits habits = MtaHabits.Sendmail with { Offer = MtaHabits.Sendmail.Offer with { Protocol = MtaHabits.Sendmail.Offer.Protocol | offer } };
        await using MilterClient client = await server.GreetAsync(habits, frames.Add);
        Assert.Equal(expected, client.Agreed.DataSize);
        Assert.NotEqual(Both, client.Agreed.Protocol & Both);

        ClientResult result = await client.DeliverAsync(Some.WithBody(body), Ct);
        Assert.Equal(body, filter.Last.Body.WrittenSpan.ToArray());
        Assert.Equal(changed, result.Body.ToArray());
        Assert.Equal(expected, frames.Where(frame => frame.Name == "SMFIC_BODY").Max(frame => frame.Payload.Length));
        Assert.Equal(expected, frames.Where(frame => frame.Name == "SMFIR_REPLBODY").Max(frame => frame.Payload.Length));
    }

    [Fact]
    public async Task WithoutAnOfferAFrameMayHoldOneByteMoreAsATestToolSendsAndNoMore()
    {
        var filter = new ScriptedFilter();
        await using TestServer server = await TestServer.StartAsync(filter);
        await using MilterClient client = await server.GreetAsync();
        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        await client.BodyAsync(Some.Bytes(65536), Ct);
        Assert.Equal("continue", Assert.Single(await client.EndOfMessageAsync(Ct)).ToString());
        Assert.Equal(65536, filter.Last.Body.WrittenCount);

        await client.MailAsync("<a@a.example>", Ct);
        await client.RecipientAsync("<b@b.example>", Ct);
        await client.EndOfHeaderAsync(Ct);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await client.BodyAsync(Some.Bytes(65537), Ct);
            await client.EndOfMessageAsync(Ct);
        });
        Assert.Contains(server.Log.Entries, entry => entry.Text.Contains("Frame length 65538", StringComparison.Ordinal));
    }
}
