using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Tests.Keys;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.TestSupport;

[assembly: AssemblyFixture(typeof(KeyRing))]

namespace MilterCrypt.Engine.Tests.Keys;

/// <summary>Certificates of one address, made by gpg once for all tests, and what stores hold of them.</summary>
public sealed class KeyRing : IAsyncLifetime
{
    private readonly List<Correspondent> makers = [];

    /// <summary>Made 2021-03-01, good for a year.</summary>
    public StoredCertificate Old { get; private set; } = null!;

    /// <summary>Made 2024-03-01, good for a year.</summary>
    public StoredCertificate Newer { get; private set; } = null!;

    /// <summary>Made 2024-06-01, good for a year.</summary>
    public StoredCertificate Newest { get; private set; } = null!;

    /// <summary>The old one, after its owner prolonged it to 2025-03-01.</summary>
    public StoredCertificate OldProlonged { get; private set; } = null!;

    public static DateTimeOffset Day(int year, int month, int day) => new(year, month, day, 12, 0, 0, TimeSpan.Zero);

    public static StoredCertificate Store(byte[] key) => Assert.IsType<KeyInput.Found>(Assert.Single(KeyInput.ReadAll(key, "test", Day(2026, 1, 1)))).Stored;

    public async ValueTask InitializeAsync()
    {
        if (Correspondent.Missing() is not null)
            return;
        Newer = Store((await MakeAsync("20240301T000000")).PublicKey);
        Newest = Store((await MakeAsync("20240601T000000")).PublicKey);
        var old = await MakeAsync("20210301T000000");
        Old = Store(old.PublicKey);
        string fingerprint = Old.Fingerprint.ToString();
        foreach (string part in (string[])[fingerprint, "*"])
            (await old.GpgAsync(["--passphrase", "", "--faked-system-time", "20220201T000000", "--quick-set-expire", fingerprint, "2025-03-01", .. part == "*" ? new[] { "*" } : []])).OrThrow();
        OldProlonged = Store((await old.GpgAsync(["--export"])).OrThrow().Output);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var maker in makers)
            await maker.DisposeAsync();
    }

    /// <summary>What a store holds of another person's certificate: the same packets under another name, for tests of the
    /// store itself, which doesn't look into them.</summary>
    public StoredCertificate Named(int number)
    {
        byte[] octets = new byte[20];
        BitConverter.TryWriteBytes(octets, number);
        return Old with { Fingerprint = OpenPgp.Packets.Fingerprint.FromBytes(octets), Addresses = [$"user{number}@example.org"] };
    }

    public void RequireGpg()
    {
        if (Correspondent.Missing() is { } missing)
            Assert.Skip(missing);
        Assert.NotEqual(Old.Certificate.Length, OldProlonged.Certificate.Length);
        Assert.Equal(CertificateLimits.Default, new CertificateLimits());
    }

    private async Task<Correspondent> MakeAsync(string made)
    {
        var maker = await Correspondent.AppearAsync("bob@example.org", "future-default", made);
        makers.Add(maker);
        return maker;
    }
}
