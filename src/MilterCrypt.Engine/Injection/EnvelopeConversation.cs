using System.Text;

namespace MilterCrypt.Engine.Injection;

/// <summary>The conversation with the MTA's listener up to its go-ahead for the message. Owned by one transaction.</summary>
/// <param name="connection">The connection, just made.</param>
/// <param name="limits">How long each step may take.</param>
internal sealed class EnvelopeConversation(ListenerConnection connection, InjectionLimits limits)
{
    /// <summary>Whether the listener may be waiting for a message: whatever is said then would be part of it.</summary>
    internal bool IsInData { get; private set; }

    /// <summary>Hears the greeting, and says EHLO.</summary>
    /// <returns>What the listener offers, or its farewell.</returns>
    /// <exception cref="ListenerException">It will not talk. That it won't is no fault of the message, so that even its
    /// permanent refusals here are not the message's.</exception>
    internal async ValueTask<(SmtpExtensions Offered, InjectionResult.Refused? Farewell)> GreetAsync(
        string heloName, CancellationToken cancellationToken)
    {
        var greeting = await connection.ReadReplyAsync(limits.Greeting, "the connection", cancellationToken);
        if (greeting.IsFarewell)
            return (SmtpExtensions.None, greeting.ToRefused(null));
        if (!greeting.IsSuccess)
            throw new ListenerException($"it greeted with {greeting}");
        var reply = await AskAsync(Encoding.ASCII.GetBytes($"EHLO {heloName}\r\n"), "EHLO", limits.Command, cancellationToken);
        if (reply.IsFarewell)
            return (SmtpExtensions.None, reply.ToRefused(null));
        return reply.IsSuccess ? (EnvelopeCommands.ReadOffer(reply), null) : throw new ListenerException($"it answered EHLO with {reply}");
    }

    /// <summary>Says MAIL, each RCPT and DATA.</summary>
    /// <param name="commands">Them.</param>
    /// <param name="pipelined">Whether they may be sent all at once (RFC 2920).</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>Null where the listener waits for the message; else its refusal: that of MAIL, or of a recipient, or of
    /// DATA.</returns>
    /// <exception cref="ListenerException">The conversation failed.</exception>
    internal async ValueTask<InjectionResult.Refused?> SendAsync(
        IReadOnlyList<EnvelopeCommand> commands, bool pipelined, CancellationToken cancellationToken)
    {
        if (pipelined)
        {
            if (connection.HasSpoken)
                return (await connection.ReadFarewellAsync("MAIL", cancellationToken)).ToRefused(null);
            IsInData = true;
            connection.Send(commands.SelectMany(command => command.Octets).ToArray());
        }

        InjectionResult.Refused? refused = null;
        foreach (var command in commands)
        {
            // One by one, what can't help any more is not said.
            if (!pipelined && refused is not null && (command.IsData || refused.Recipient is null))
                break;
            try
            {
                IsInData |= command.IsData;
                var limit = command.IsData ? limits.Data : limits.Command;
                var reply = pipelined
                    ? await connection.ReadReplyAsync(limit, command.Verb, cancellationToken)
                    : await AskAsync(command.Octets, command.Verb, limit, cancellationToken);
                if (reply.IsFarewell)
                    return Worse(refused, reply.ToRefused(null));
                if (reply.IsRefusal)
                    refused = Worse(refused, reply.ToRefused(command.Recipient));
                else if (command.IsData ? !reply.IsGoAhead : !reply.IsSuccess)
                    throw new ListenerException($"it answered {command.Verb} with {reply}");
                IsInData &= !(command.IsData && reply.IsRefusal);
            }
            catch (ListenerException) when (refused is not null)
            {
                // Why it is refused is known; what else would have been said is not missed.
                return refused;
            }
        }

        if (refused is null && (connection.HasSpoken || !await connection.SentAsync(limits.Command, cancellationToken)))
            return (await connection.ReadFarewellAsync("the message", cancellationToken)).ToRefused(null);
        return refused;
    }

    /// <summary>Which of two refusals tells the whole: the first, but among recipients one that is temporary, since the message
    /// may be taken for all of them another time.</summary>
    private static InjectionResult.Refused Worse(InjectionResult.Refused? first, InjectionResult.Refused next) =>
        first is null || (first is { Recipient: not null, IsTemporary: false } && next.IsTemporary) ? next : first;

    private async ValueTask<ListenerReply> AskAsync(
        ReadOnlyMemory<byte> command, string verb, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (connection.HasSpoken)
            return await connection.ReadFarewellAsync(verb, cancellationToken);
        connection.Send(command);
        return await connection.ReadReplyAsync(limit, verb, cancellationToken);
    }
}
