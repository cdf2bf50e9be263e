using MilterCrypt.TestSupport.Processes;

namespace MilterCrypt.TestSupport.Peers;

/// <summary>The peers by name.</summary>
public static class Peer
{
    /// <summary>Finds a peer; null where it isn't installed.</summary>
    public static async Task<IOpenPgpPeer?> FindAsync(string name)
    {
        if (name == "openpgpjs")
            return await OpenPgpJs.FindAsync();
        if (!Command.Exists(name))
            return null;

        return name switch
        {
            "gpg" => new GnuPg(),
            "sq" => new Sequoia(),
            "sqop" or "gosop" => new StatelessOpenPgp(name),
            "rnp" => new Rnp(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such peer"),
        };
    }
}
