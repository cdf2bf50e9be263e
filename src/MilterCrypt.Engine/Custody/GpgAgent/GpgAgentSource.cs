using System.Security.Cryptography;
using MilterCrypt.Native.LibC;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.Custody.GpgAgent;

/// <summary>Secret keys of version 4 that GnuPG's agent has, in its files or on smartcards. It never asks anybody for a passphrase:
/// one that the agent does not have is an error. Usable from several threads.</summary>
public sealed class GpgAgentSource : ISecretKeySource
{
    // Of one command; Assuan's lines have 1000 octets.
    private const int MaxGrips = 20;

    private readonly AgentPool pool;
    private readonly KeyHoldings holdings;
    private readonly RandomNumberGenerator random;
    private readonly Action<KeyUseFact> audit;

    /// <param name="socket">The agent's socket, S.gpg-agent, or the file that says where it is. Connected to at need.</param>
    /// <param name="patience">How long a question may take, all that it asks of the agent together.</param>
    /// <param name="clock">Measures that.</param>
    /// <param name="random">Makes session keys for failures; the caller's, and safe from several threads.</param>
    /// <param name="audit">Is told of each use and each refusal, from any thread.</param>
    public GpgAgentSource(string socket, TimeSpan patience, TimeProvider clock, RandomNumberGenerator random, Action<KeyUseFact> audit)
    {
        pool = new AgentPool(socket, patience, clock);
        holdings = new KeyHoldings(clock);
        this.random = random;
        this.audit = audit;
    }

    /// <inheritdoc/>
    public bool KnowsOwners => false;

    /// <inheritdoc/>
    public async ValueTask<bool> HoldsAsync(
        Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken) =>
        (await HeldAsync([key], cancellationToken)).Count > 0;

    /// <inheritdoc/>
    public async ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken)
    {
        var outcome = KeyUseOutcome.Refused;
        try
        {
            if ((await HeldAsync([pending.Key], cancellationToken)).Count == 0)
            {
                outcome = KeyUseOutcome.NoSuchKey;
                throw new SecretKeyException($"gpg-agent doesn't have the secret key {pending.Key.Fingerprint}");
            }

            string hash = AgentHash.NameOf(pending.HashAlgorithm)
                ?? throw new SecretKeyException($"nothing is signed with gpg-agent over hash function {(int)pending.HashAlgorithm}");
            var signature = await pool.AskAsync((agent, ct) => SignAsync(agent, pending, hash, ct), cancellationToken);
            outcome = KeyUseOutcome.Done;
            return signature;
        }
        finally
        {
            audit(new KeyUseFact(KeyOperation.Sign, [pending.Key.Fingerprint], pending.HashAlgorithm, use, SocketPeer.Ourselves, outcome));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SessionKey?> OpenAsync(
        SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use, CancellationToken cancellationToken)
    {
        using var asked = Pending(wanted, keys);
        if (asked is null)
            return null;

        IReadOnlyList<PublicKey> tried = [.. keys.Where(key => wanted.Packets.Any(packet => packet.MayBeFor(key)))];
        var outcome = KeyUseOutcome.Refused;
        try
        {
            var held = await HeldAsync(tried, cancellationToken);
            using var pending = Pending(wanted, held);
            if (pending is null)
            {
                outcome = KeyUseOutcome.NoSuchKey;
                throw new SecretKeyException($"gpg-agent has none of the secret keys {string.Join(", ", tried.Select(static key => key.Fingerprint))}");
            }

            tried = held;
            var opened = await pool.AskAsync((agent, ct) => OpenAsync(agent, pending, ct), cancellationToken);
            outcome = KeyUseOutcome.Done;
            return opened;
        }
        finally
        {
            audit(new KeyUseFact(KeyOperation.Open, [.. tried.Select(static key => key.Fingerprint)], null, use, SocketPeer.Ourselves, outcome));
        }
    }

    /// <summary>Closes the connections; nothing is asked any more then.</summary>
    public ValueTask DisposeAsync()
    {
        pool.Dispose();
        return ValueTask.CompletedTask;
    }

    private PendingSessionKey? Pending(SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys) =>
        PendingSessionKey.Create(wanted.Packets, keys, wanted.PacketVersion, wanted.Cipher, random);

    /// <summary>Those of some keys that the agent has.</summary>
    private async Task<IReadOnlyList<PublicKey>> HeldAsync(IReadOnlyList<PublicKey> keys, CancellationToken cancellationToken)
    {
        var grips = keys.Select(static key => (Key: key, Grip: KeyGrip.Of(key))).Where(static pair => pair.Grip is not null).ToList();
        string[] unknown = [.. grips.Select(static pair => pair.Grip!).Where(grip => holdings.Knows(grip) is null).Distinct()];
        var said = new Dictionary<string, bool>();
        foreach (string[] some in unknown.Chunk(MaxGrips))
        {
            var held = await pool.AskAsync((agent, ct) => HeldAsync(agent, some, ct), cancellationToken);
            foreach (string grip in some)
                holdings.Note(grip, said[grip] = held.Contains(grip));
        }

        return [.. grips.Where(pair => said.TryGetValue(pair.Grip!, out bool isHeld) ? isHeld : holdings.Knows(pair.Grip!) is true).Select(static pair => pair.Key)];
    }

    // The agent says whether it has one at least of several.
    private static async Task<HashSet<string>> HeldAsync(AgentConnection agent, string[] grips, CancellationToken cancellationToken)
    {
        var held = new HashSet<string>();
        if (grips.Length > 1 && !await HasAsync(grips))
            return held;
        foreach (string grip in grips)
        {
            if (await HasAsync(grip))
                held.Add(grip);
        }

        return held;

        async Task<bool> HasAsync(params string[] some)
        {
            using var answer = await agent.AskAsync($"HAVEKEY {string.Join(' ', some)}", cancellationToken);
            return answer.Error is { IsNoSuchKey: false } problem ? throw problem.Of("HAVEKEY") : answer.Error is null;
        }
    }

    private async Task<Signature> SignAsync(
        AgentConnection agent, PendingSignature pending, string hash, CancellationToken cancellationToken)
    {
        string grip = KeyGrip.Of(pending.Key)!;
        foreach (string command in (string[])[$"SIGKEY {grip}", $"SETHASH --hash={hash} {Convert.ToHexString(pending.Digest.Span)}"])
        {
            using var prepared = await agent.AskAsync(command, cancellationToken);
            if (prepared.Error is { } problem)
                throw Refusal(problem, pending.Key, grip);
        }

        using var answer = await agent.AskAsync("PKSIGN", cancellationToken);
        if (answer.Error is { } refused)
            throw Refusal(refused, pending.Key, grip);
        if (!AgentExpression.TryReadSignature(answer.Data, out var r, out var s))
            throw new InvalidDataException("it gave something that is no signature");
        try
        {
            return r.IsEmpty ? pending.CompleteWithNumber(s) : pending.CompleteWithPair(r, s);
        }
        catch (CryptographicException wrong)
        {
            throw new SecretKeyException($"gpg-agent gave a wrong signature of key {pending.Key.Fingerprint}", wrong);
        }
    }

    private async Task<SessionKey> OpenAsync(AgentConnection agent, PendingSessionKey pending, CancellationToken cancellationToken)
    {
        foreach (var operation in pending.Operations)
        {
            string grip = KeyGrip.Of(operation.Key)!;
            using var prepared = await agent.AskAsync($"SETKEY {grip}", cancellationToken);
            using var answer = await agent.AskAsync("PKDECRYPT", AgentExpression.WriteCiphertext(operation), cancellationToken);
            if ((prepared.Error ?? answer.Error) is { } problem)
            {
                // What may come of the ciphertext is a wrong key like others, and shows at the message's end.
                if (problem.IsOfTheKey)
                    throw Refusal(problem, operation.Key, grip);
                continue;
            }

            if (!AgentExpression.TryReadValue(answer.Data, out var value))
                throw new InvalidDataException("it gave something that is no value");
            AgentResult.Answer(pending, operation, value, answer.IsUnpadded);
        }

        return pending.Complete();
    }

    private SecretKeyException Refusal(AgentError problem, PublicKey key, string grip)
    {
        if (problem.IsNoSuchKey)
            holdings.Forget(grip);
        return problem.Of(key);
    }
}
