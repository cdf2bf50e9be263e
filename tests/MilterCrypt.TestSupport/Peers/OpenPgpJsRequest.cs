namespace MilterCrypt.TestSupport.Peers;

/// <summary>What openpgp-js.mjs is asked to do; octets are in the files that are named.</summary>
internal sealed record OpenPgpJsRequest
{
    public required string Command { get; init; }

    public string? Kind { get; init; }

    public string? Form { get; init; }

    public string? Passphrase { get; init; }

    public bool Sign { get; init; }

    public bool Signed { get; init; }

    public string? Key { get; init; }

    public string? Certificate { get; init; }

    public string? Data { get; init; }

    public string? Signature { get; init; }

    public string? Output { get; init; }
}
