using System.Net.Sockets;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;

namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>Secret keys that a key holder has. Connects when it is first asked, and again after the connection was lost; many
/// questions are under way on it at a time. Usable from several threads; owned by the program.</summary>
/// <param name="path">The key holder's socket.</param>
/// <param name="options">How long it is waited for.</param>
/// <param name="clock">Its clock.</param>
public sealed class KeyHolderClient(string path, KeyHolderClientOptions options, TimeProvider clock) : ISecretKeySource
{
    private readonly Lock gate = new();
    private volatile ClientSession? session;
    private Task<ClientSession>? connecting;
    private (string Reason, long Since, TimeSpan Pause)? failed;
    private bool isDisposed;

    /// <inheritdoc/>
    public bool KnowsOwners => true;

    /// <inheritdoc/>
    public async ValueTask<bool> HoldsAsync(
        Fingerprint certificate, PublicKey key, KeyOperation operation, CancellationToken cancellationToken)
    {
        var holder = await SessionAsync(cancellationToken);
        return holder.AbilityOf(key.Fingerprint) is { } ability && ability.Certificate.Equals(certificate)
            && (operation == KeyOperation.Sign ? ability.Signs : ability.Decrypts);
    }

    /// <inheritdoc/>
    public async ValueTask<Signature> SignAsync(PendingSignature pending, KeyUse use, CancellationToken cancellationToken)
    {
        var holder = await SessionAsync(cancellationToken);
        var answer = await holder.AskAsync(
            new SignQuestion(pending.Key.Fingerprint, pending.HashAlgorithm, pending.Digest, use), cancellationToken);
        try
        {
            return answer.Values is { } values ? pending.Complete(values) : throw new SecretKeyException(answer.Refusal!);
        }
        catch (CryptographicException wrong)
        {
            throw new SecretKeyException($"what the key holder signed is wrong: {wrong.Message}", wrong);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SessionKey?> OpenAsync(
        SessionKeyRequest wanted, IReadOnlyList<PublicKey> keys, KeyUse use, CancellationToken cancellationToken)
    {
        if (OpenQuestion.Of(wanted, keys, use) is not { } question)
            return null;
        var holder = await SessionAsync(cancellationToken);
        var answer = await holder.AskAsync(question, cancellationToken);
        if (answer.Refusal is { } refusal)
            throw new SecretKeyException(refusal);
        if (answer.Opened is not { } opened || (opened.PacketVersion == wanted.PacketVersion && opened.Cipher == (wanted.Cipher ?? opened.Cipher)))
            return answer.Opened;
        opened.Dispose();
        throw new SecretKeyException("the key holder's session key is of another kind than the message");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (gate)
            isDisposed = true;
        session?.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<ClientSession> SessionAsync(CancellationToken cancellationToken) =>
        session is { IsOpen: true } open ? ValueTask.FromResult(open) : new ValueTask<ClientSession>(ConnectionAsync(cancellationToken));

    private Task<ClientSession> ConnectionAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (session is { IsOpen: true } open)
                return Task.FromResult(open);
            if (connecting is null && failed is var (reason, since, pause) && clock.GetElapsedTime(since) < pause)
                return Task.FromException<ClientSession>(new SecretKeyException(reason));
            connecting ??= Task.Run(ConnectAsync, CancellationToken.None);
            return connecting.WaitAsync(cancellationToken);
        }
    }

    private async Task<ClientSession> ConnectAsync()
    {
        ClientSession? made = null;
        try
        {
            using var patience = new CancellationTokenSource(options.Deadline, clock);
            made = new ClientSession(await OpenAsync(patience.Token), clock, options.Deadline);
            await made.Ready.WaitAsync(patience.Token);
            lock (gate)
            {
                failed = null;
                connecting = null;
                session = made;
                if (isDisposed)
                    made.Dispose();
            }

            return made;
        }
        catch (Exception failure)
        {
            made?.Dispose();
            string why = failure is OperationCanceledException ? "it does not answer" : failure.Message;
            string reason = failure is SecretKeyException ? failure.Message : $"the key holder at {path} can't be reached: {why}";
            lock (gate)
            {
                var pause = failed is { } before ? before.Pause * 2 : options.FirstPause;
                failed = (reason, clock.GetTimestamp(), pause < options.LongestPause ? pause : options.LongestPause);
                connecting = null;
            }

            throw new SecretKeyException(reason, failure);
        }
    }

    private async Task<Socket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            FolderOwner.Check(socket, path, "the key holder");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
