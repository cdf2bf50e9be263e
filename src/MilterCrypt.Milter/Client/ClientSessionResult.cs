namespace MilterCrypt.Milter.Client;

/// <summary>What became of a whole SMTP session.</summary>
/// <param name="Connect">The answer to CONNECT.</param>
/// <param name="Helo">The answer to the last HELO; that to CONNECT where it left nothing to say.</param>
/// <param name="Messages">What became of each message, in their order.</param>
public sealed record ClientSessionResult(MilterAnswer Connect, MilterAnswer Helo, IReadOnlyList<ClientResult> Messages);
