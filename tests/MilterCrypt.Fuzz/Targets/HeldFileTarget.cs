using System.Net;
using System.Text;
using MilterCrypt.Engine.Holding;
using MilterCrypt.Engine.Journal;
using MilterCrypt.Engine.Mail;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>What stands in clear in the file of a held message, from whoever could change it.</summary>
internal static class HeldFileTarget
{
    private const int MaxLine = 64 * 1024;

    public static IEnumerable<byte[]> Seeds()
    {
        var envelope = new Envelope("alice@example.org", "alice", canRefuseRecipients: true)
        {
            GivenSender = "Alice@Example.org",
            SenderArguments = ["BODY=8BITMIME"],
            Client = IPAddress.Parse("2001:db8::1"),
            Tls = true,
            MayUseSecretKeys = true,
            Trace = new TraceInformation("mx.example.org", IPAddress.Parse("192.0.2.1")) { Helo = "client", ClientHost = "client.example.org", Protection = (true, true) },
        };
        HeldRecipient[] recipients =
        [
            new(new EnvelopeRecipient("erin@nokey.example") { Arguments = ["NOTIFY=NEVER"] }, "all", "no key"),
            new(new EnvelopeRecipient("frank@nokey.example"), "all", "key unusable: expired"),
        ];
        var record = new HeldRecord("4XyZ", DateTimeOffset.UnixEpoch, envelope, recipients, [Fingerprint.FromBytes(new byte[20])]);
        HandoverKey[] copies = [HandoverKey.Read(new byte[HandoverKey.Length]), HandoverKey.Read([.. Enumerable.Repeat((byte)1, HandoverKey.Length)])];
        yield return File(record, new HeldState([0, 1], [1], copies));
        yield return File(record with { Envelope = new Envelope("a@b.example", null, true) { IdentityIsLost = true, IsEgress = true } }, new HeldState([1], [], copies));
    }

    public static string Run(ReadOnlySpan<byte> input)
    {
        using var file = new MemoryStream(input.ToArray());
        if (HeldFileHead.Read(file, MaxLine, "20261126T120000Z-0123456789abcdef", "held") is not { } held)
            return "none";
        FuzzFailureException.Unless(held.ContentOffset <= input.Length && held.State.Left.Count > 0, "it has no content, or is for nobody");
        FuzzFailureException.Unless(held.State.Left.Concat(held.State.Sending).All(place => place < held.Record.Recipients.Count), "it is for somebody who is not in it");
        // What was read is written so that the same is read.
        byte[] again = File(held.Record, held.State);
        using var copy = new MemoryStream(again);
        FuzzFailureException.Unless(
            HeldFileHead.Read(copy, 8 * MaxLine, held.Id, "held") is { } second && again.AsSpan().SequenceEqual(File(second.Record, second.State)), "written again it reads otherwise");
        return $"{held.Record.Recipients.Count} {held.State.Left.Count} {held.State.Sending.Count}";
    }

    private static byte[] File(HeldRecord record, HeldState state) =>
        [.. HeldRecordText.Write(record), (byte)'\n', .. HeldStateText.Write(state), (byte)'\n', (byte)'\n', .. Encoding.ASCII.GetBytes("-----BEGIN PGP MESSAGE-----\n")];
}
