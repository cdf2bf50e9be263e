using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Signatures;
using MilterCrypt.OpenPgp.Tests.Certificates;
using static MilterCrypt.OpenPgp.Tests.Certificates.ForgedCertificate;

namespace MilterCrypt.OpenPgp.Tests.Signatures;

/// <summary>Signatures over data, forged and judged.</summary>
internal static class DataSignature
{
    public static DateTimeOffset Signed { get; } = Day("2024-06-01");

    public static DateTimeOffset Now { get; } = Day("2024-07-01");

    public static byte[] Data { get; } = "Tea at five?\r\n"u8.ToArray();

    public static ForgedSignature Binary(DateTimeOffset? at = null, params byte[][] more) =>
        new(SignatureType.Binary, at ?? Signed) { Hashed = more };

    /// <summary>A packet's body over <see cref="Data"/>.</summary>
    public static byte[] OverData(this ForgedSignature signature, ForgedKey key) => signature.By(key, Data);

    /// <summary>What becomes of a packet's body, or of what can't be read as one.</summary>
    public static SignatureVerdict Judge(byte[] body, byte[] data, DateTimeOffset now, params Certificate[] candidates)
    {
        if (!Signature.TryRead(body, out var signature, out string? reason))
            return SignatureJudgement.Unreadable(body, reason);
        using var hashes = new SignedDataHashes();
        hashes.Expect(signature);
        hashes.Write(data);
        return new SignatureJudgement(candidates, now, AlgorithmPolicy.Default).Judge(signature, hashes.Digest(signature));
    }

    public static SignatureVerdict Judge(byte[] body, params ForgedCertificate[] candidates) =>
        Judge(body, Data, Now, [.. candidates.Select(candidate => candidate.Read())]);

    public static void AssertIs(SignatureStatus status, string? problem, SignatureVerdict verdict)
    {
        Assert.Equal((status, problem), (verdict.Status, verdict.Problem));
        Assert.Equal(status == SignatureStatus.Good, verdict.IsGood);
    }
}
