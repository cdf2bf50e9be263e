using Spectre.Console;

namespace MilterCrypt.Commands;

/// <summary>Shows on a terminal how far long work has come; elsewhere it is silent.</summary>
internal static class Progress
{
    /// <summary>Runs the work, which calls what it is given after each of <paramref name="steps"/> steps.</summary>
    public static async Task<T> RunAsync<T>(string title, int steps, Func<Action, Task<T>> work)
    {
        if (steps < 2 || Console.IsErrorRedirected)
            return await work(() => { });

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .StartAsync(context =>
            {
                var task = context.AddTask(title, maxValue: steps);
                return work(() => task.Increment(1));
            });
    }
}
