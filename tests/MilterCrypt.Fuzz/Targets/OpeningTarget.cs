using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using MilterCrypt.Engine;
using MilterCrypt.Engine.Bodies;
using MilterCrypt.Engine.Custody;
using MilterCrypt.Engine.Deciding;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Mail;
using MilterCrypt.Engine.Policy;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>Bodies of encrypted messages, as they come to somebody for whom they are opened: what comes out was sealed, and does
/// not depend on how the body was cut.</summary>
internal static class OpeningTarget
{
    private const string Text = "hello\r\nworld\r\n";

    private static readonly HeaderField[] Header =
        [new("Content-Type", " multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b"u8.ToArray())];

    private static readonly MessageProcessor Processor = new(
        new PolicyTable([new Rule("all", 0, new RuleMatch(), new PolicyChoices { Decrypt = DecryptMode.WhenPossible })]),
        static (_, _) => KeyAnswer.Unknown,
        new SpoolOptions(Path.GetTempPath()),
        new SpoolBudget(64 << 20, 1 << 20),
        TimeProvider.System,
        RandomNumberGenerator.Create())
    {
        OwnKeys = new OwnKeys(new Holder(), static (_, at) => OpenPgpKeys.Certificates[0].At(at, AlgorithmPolicy.Default), static _ => [], []),
    };

    public static string Run(ReadOnlySpan<byte> input) => RunAsync(input.ToArray()).GetAwaiter().GetResult();

    public static IEnumerable<byte[]> Seeds()
    {
        foreach (string entity in (string[])["Content-Type: text/plain\r\n\r\n" + Text, "Content-Type: text/plain\nSubject: x\n\nhello\nworld\n", "\r\n" + Text, Text])
        {
            using var armor = new MemoryStream();
            new Pgp().EncryptAsync(new MemoryStream(Encoding.ASCII.GetBytes(entity)), armor, [OpenPgpKeys.Certificates[0]]).GetAwaiter().GetResult();
            string body = "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--b\nContent-Type: application/octet-stream\n\n"
                + Encoding.ASCII.GetString(armor.ToArray()).ReplaceLineEndings("\n") + "\n--b--\n";
            yield return Encoding.ASCII.GetBytes(body);
            yield return Encoding.ASCII.GetBytes("an old program sees this\r\n" + body.ReplaceLineEndings("\r\n"));
        }
    }

    private static async Task<string> RunAsync(byte[] body)
    {
        string whole = await OpenAsync(body, Math.Max(body.Length, 1));
        string pieces = await OpenAsync(body, 1 + (body.Length % 97));
        // Of several things that are wrong, any may be named.
        bool areRefused = whole.StartsWith("not opened", StringComparison.Ordinal) && pieces.StartsWith("not opened", StringComparison.Ordinal);
        FuzzFailureException.Unless(whole == pieces || areRefused, $"{whole}, but in pieces {pieces}");
        return whole;
    }

    private static async Task<string> OpenAsync(byte[] body, int piece)
    {
        await using var message = Processor.Begin(new Envelope("a@example.org", null, true) { MayUseSecretKeys = true });
        message.AddRecipient("b@example.org");
        FuzzFailureException.Unless(message.ReadHeader(Header) is HeaderOutcome.BodyWanted, "the body is not wanted");
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        var reading = message.ReadBodyAsync(pipe.Reader, "x", CancellationToken.None);
        for (int start = 0; start < body.Length; start += piece)
            await pipe.Writer.WriteAsync(body.AsMemory(start, Math.Min(piece, body.Length - start)));
        await pipe.Writer.CompleteAsync();
        switch (await reading)
        {
            case MessageOutcome.Opened opened:
                using (var text = new StreamReader(opened.Body, Encoding.Latin1))
                    FuzzFailureException.Unless(await text.ReadToEndAsync() == Text, "a text came out that nobody sealed");
                return $"opened {opened.Header.Count}";
            case MessageOutcome.Unchanged unchanged:
                return unchanged.Reason;
            case var other:
                throw new FuzzFailureException($"it is {other}");
        }
    }

    private sealed class Holder : ISecretKeySource
    {
        public bool KnowsOwners => true;

        public ValueTask<bool> HoldsAsync(Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken) =>
            throw new FuzzFailureException("a signature is wanted");

        public ValueTask<SessionKey?> OpenAsync(
            SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use, CancellationToken cancellationToken)
        {
            using var random = RandomNumberGenerator.Create();
            return ValueTask.FromResult(SessionKeyOpener.Open(
                wanted.Packets, OpenPgpKeys.Secrets[0].DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
