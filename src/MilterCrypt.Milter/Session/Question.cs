namespace MilterCrypt.Milter.Session;

/// <summary>How the filter's own code is asked: it may throw, and it may take for ever, and must harm nothing but what it
/// was asked about.</summary>
internal static class Question
{
    /// <summary>Asks, and waits as long as is allowed.</summary>
    /// <returns>The asking, however it stands then; it keeps the exception, so nothing needs to catch it.</returns>
    public static async ValueTask<Task<T>> AskAsync<T>(Func<ValueTask<T>> question, SessionServices services, CancellationToken interrupted)
        where T : class
    {
        var answer = StartAsync(question);
        if (!answer.IsCompleted)
        {
            await ((Task)answer).WaitAsync(services.Options.CommandTimeout, services.Time, interrupted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return answer;
    }

    // The delegate may throw before it returns a task; an async method makes that a failed task, too.
    private static async Task<T> StartAsync<T>(Func<ValueTask<T>> question)
        where T : class =>
        await question() ?? throw new InvalidOperationException("The filter answered nothing.");
}
