using MilterCrypt.Tests.Commands.Sop;

namespace MilterCrypt.Tests.Commands;

/// <summary>`miltercrypt keys import` of what several sources know of one certificate: nothing gets lost, in whatever order they
/// come, and what others appended stays out.</summary>
public sealed class KeysMergeTests
{
    private const string Erin = "erin@example.org";

    [Fact]
    public async Task WhateverTheOrderAllThatTheCopiesKnowIsThere()
    {
        // Two copies that went different ways: one was renewed, the other has other subkeys.
        using var owner = new Installation();
        owner.ConfigureSecrets();
        byte[] first = (await owner.RunAsync("keys", "generate", Erin, "--no-store")).OrThrow().Output;
        string file = Assert.Single(Directory.GetFiles(owner.SecretKeys, "*.key"));
        byte[] secret = File.ReadAllBytes(file);
        byte[] renewed = (await owner.RunAsync("keys", "renew", Erin, "--no-store", "--expires", "2099-12-31")).OrThrow().Output;
        File.WriteAllBytes(file, secret);
        byte[] rotated = (await owner.RunAsync("keys", "rotate", Erin, "--overlap", "0", "--no-store")).OrThrow().Output;

        string[]? expected = null;
        foreach (byte[][] order in new[] { new[] { first, renewed, rotated }, [rotated, renewed, first], [renewed, rotated, first, renewed] })
        {
            using var here = new Installation();
            foreach (byte[] copy in order)
                (await here.RunAsync(["keys", "import", "-"], copy)).OrThrow();
            string[] shown = [.. (await here.RunAsync("keys", "show", Erin)).OrThrow().OutputText.Split('\n').Order(StringComparer.Ordinal)];
            Assert.Contains("  to encrypt:  usable until 2099-12-31", shown);
            Assert.Equal(4, shown.Count(static line => line.Contains("subkey:", StringComparison.Ordinal)));
            Assert.Equal(2, shown.Count(static line => line.Contains("another key took its place", StringComparison.Ordinal)));
            expected ??= shown;
            Assert.Equal(expected, shown);
        }
    }

    [Fact]
    public async Task AStaleCopyDoesNotBringARevokedKeyBack()
    {
        byte[] key = (await SopFolder.RunAsync(["generate-key", Erin])).OrThrow().Output;
        byte[] stale = (await SopFolder.RunAsync(["extract-cert"], key)).OrThrow().Output;
        byte[] revoked = (await SopFolder.RunAsync(["revoke-key"], key)).OrThrow().Output;
        foreach (byte[][] order in new[] { new[] { stale, revoked }, [revoked, stale], [stale, revoked, stale] })
        {
            using var here = new Installation();
            foreach (byte[] copy in order)
                (await here.RunAsync(["keys", "import", "-"], copy)).OrThrow();
            Assert.Contains("revoked ", (await here.RunAsync("keys", "find", Erin)).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AFloodOfOthersSignaturesIsLeftOutAndTheUpdateIsTaken()
    {
        using var here = new Installation();
        byte[] key = (await SopFolder.RunAsync(["generate-key", Erin])).OrThrow().Output;
        byte[] clean = (await SopFolder.RunAsync(["extract-cert", "--no-armor"], key)).OrThrow().Output;
        byte[] revoked = (await SopFolder.RunAsync(["revoke-key", "--no-armor"], key)).OrThrow().Output;
        (await here.RunAsync(["keys", "import", "-"], Flooded(clean))).OrThrow();
        byte[] kept = (await here.RunAsync("keys", "export", Erin)).OrThrow().Output;
        Assert.Equal(clean, kept);
        Assert.Contains("10000 packets left out", (await here.RunAsync("keys", "lint", here.Write("flooded.pgp", Flooded(clean)))).OrThrow().OutputText, StringComparison.Ordinal);

        (await here.RunAsync(["keys", "import", "-"], Flooded(revoked))).OrThrow();
        Assert.Equal(1, (await here.RunAsync("keys", "find", Erin)).ExitCode);
        Assert.Equal(revoked, (await here.RunAsync("keys", "export", Erin)).OrThrow().Output);
    }

    [Fact]
    public async Task ForPublishingOnlyTheNewestIsNeeded()
    {
        using var here = new Installation();
        here.ConfigureSecrets();
        (await here.RunAsync("keys", "generate", Erin)).OrThrow();
        foreach (string end in new[] { "2097-01-01", "2098-01-01", "2099-01-01" })
            (await here.RunAsync("keys", "renew", Erin, "--expires", end)).OrThrow();
        byte[] whole = (await here.RunAsync("keys", "export", Erin)).OrThrow().Output;
        string minimal = here.Write("minimal.pgp", (await here.RunAsync("keys", "export", "--minimal", Erin)).OrThrow().Output);
        Assert.InRange(new FileInfo(minimal).Length, 200, whole.Length - 300);
        using var elsewhere = new Installation();
        (await elsewhere.RunAsync("keys", "import", minimal)).OrThrow();
        Assert.Contains("usable until 2099-01-01", (await elsewhere.ListAsync())[0], StringComparison.Ordinal);
    }

    // Ten thousand certifications by nobody, behind the user ID.
    private static byte[] Flooded(byte[] certificate)
    {
        int place = certificate.AsSpan().IndexOf("erin@example.org"u8) + Erin.Length;
        using var flooded = new MemoryStream();
        flooded.Write(certificate.AsSpan(0, place));
        for (int i = 0; i < 10_000; i++)
        {
            byte[] body =
            [
                4, 0x10, 22, 10, 0, 6, 5, 2, 0x60, 0, (byte)(i >> 8), (byte)i, 0, 10, 9, 16, 1, 2, 3, 4, 5, 6, (byte)(i >> 8), (byte)i,
                0xAB, 0xCD, 0, 8, 0xFF, 0, 8, 0xFF,
            ];
            flooded.Write([0xC2, (byte)body.Length, .. body]);
        }

        flooded.Write(certificate.AsSpan(place));
        return flooded.ToArray();
    }
}
