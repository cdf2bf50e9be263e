using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Mta;

namespace MilterCrypt.Faults;

/// <summary>A mail server that has a message in its queue: it tries until each recipient was taken or refused for good, and hears
/// nothing but what it is told.</summary>
/// <param name="port">Where it goes with it.</param>
/// <param name="message">The message.</param>
/// <param name="login">As whom it says that it has logged in; null where it doesn't.</param>
public sealed class QueueingClient(int port, FaultMessage message, string? login)
{
    private readonly List<string> waiting = [.. message.Recipients];
    private readonly HashSet<string> taken = [];
    private readonly Dictionary<string, SmtpAnswer> refused = [];
    private CancellationTokenSource? cut;
    private TaskCompletionSource closed = new();

    /// <summary>Whether somebody still waits for it.</summary>
    public bool IsWaiting => waiting.Count > 0;

    /// <summary>For whom it was told 250.</summary>
    public IReadOnlySet<string> Taken => taken;

    /// <summary>For whom it was told 5xx, and how.</summary>
    public IReadOnlyDictionary<string, SmtpAnswer> Refused => refused;

    /// <summary>Whether it closes the connection right behind the message's end at the next try, without waiting for an answer.</summary>
    public bool HangsUp { get; set; }

    /// <summary>One try for all that wait.</summary>
    /// <returns>The last thing that it heard.</returns>
    public async Task<SmtpAnswer> TryAsync()
    {
        using var mine = new CancellationTokenSource();
        (cut, closed) = (mine, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await using var conversation = await SmtpConversation.BeginAsync(port, mine.Token);
            return await SendAsync(conversation);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or System.Net.Sockets.SocketException)
        {
            return SmtpAnswer.Gone;
        }
        finally
        {
            cut = null;
            HangsUp = false;
            closed.TrySetResult();
        }
    }

    /// <summary>Closes the connection of the try under way; returns when that is done.</summary>
    public async Task CutAsync()
    {
        if (cut is { } current)
        {
            await current.CancelAsync();
            await closed.Task.WaitAsync(Patience.Ample);
        }
    }

    private async Task<SmtpAnswer> SendAsync(SmtpConversation conversation)
    {
        if (login is not null)
        {
            await conversation.CommandAsync($"XCLIENT LOGIN={login}");
            await conversation.CommandAsync("EHLO client.test.example");
        }

        var last = await conversation.CommandAsync($"MAIL FROM:<{FaultMessage.Author}>");
        if (!last.IsSuccess)
            return Heard(last, [.. waiting]);
        var here = new List<string>();
        foreach (string recipient in waiting.ToList())
        {
            last = await conversation.CommandAsync($"RCPT TO:<{recipient}>");
            if (last.IsSuccess)
                here.Add(recipient);
            else
                Heard(last, [recipient]);
        }

        if (here.Count == 0)
            return last;
        last = await conversation.CommandAsync("DATA");
        if (last.Code != 354)
            return Heard(last, here);
        if (!HangsUp)
            return Heard(await conversation.SendDataAsync(message.Bytes), here);
        await conversation.WriteAsync(message.Bytes);
        await conversation.WriteAsync(".\r\n"u8.ToArray());
        return SmtpAnswer.Gone;
    }

    private SmtpAnswer Heard(SmtpAnswer answer, IReadOnlyList<string> recipients)
    {
        foreach (string recipient in answer.IsTemporary ? [] : recipients)
        {
            waiting.Remove(recipient);
            if (answer.IsSuccess)
                taken.Add(recipient);
            else
                refused[recipient] = answer;
        }

        return answer;
    }
}
