using MilterCrypt.TestSupport;
namespace MilterCrypt.Interop.Rigs;

/// <summary>Those who appear in the tests; whoever has a key is here.</summary>
public sealed class People : IAsyncDisposable
{
    /// <summary>Has no key, in a domain where encryption is a must.</summary>
    public const string Keyless = "nokey@partner.example";

    private People(Correspondent bob, Correspondent carol, Correspondent dora, Correspondent kaethe) =>
        (Bob, Carol, Dora, Kaethe) = (bob, carol, dora, kaethe);

    /// <summary>Has a Curve25519 key.</summary>
    public Correspondent Bob { get; }

    /// <summary>Has an RSA key, gpg 2.2's own choice.</summary>
    public Correspondent Carol { get; }

    /// <summary>Has a key that expired on 2021-03-01.</summary>
    public Correspondent Dora { get; }

    /// <summary>Has an address that ASCII can't write.</summary>
    public Correspondent Kaethe { get; }

    public IReadOnlyList<Correspondent> WithKeys => [Bob, Carol, Dora, Kaethe];

    public byte[] AllKeys => [.. WithKeys.SelectMany(person => person.PublicKey)];

    public static async Task<People> GatherAsync() => new(
        await Correspondent.AppearAsync("bob@partner.example", "future-default"),
        await Correspondent.AppearAsync("carol@partner.example", "default"),
        await Correspondent.AppearAsync("dora@partner.example", "future-default", made: "20200301T120000"),
        await Correspondent.AppearAsync("käthe@bücher.example", "future-default"));

    public async ValueTask DisposeAsync()
    {
        foreach (var person in WithKeys)
            await person.DisposeAsync();
    }
}
