using Spectre.Console;

namespace MilterCrypt.Commands;

/// <summary>Shows on a terminal how far long work has come; elsewhere it is silent.</summary>
internal sealed class Progress
{
    private readonly ProgressTask? bar;
    private bool expectsAnything;

    private Progress(ProgressTask? bar) => this.bar = bar;

    /// <summary>One that nobody sees.</summary>
    public static Progress Silent { get; } = new(null);

    /// <summary>Runs a piece of work, which tells what it is given how much there is to do and each time some is done.</summary>
    public static async Task<T> RunAsync<T>(string title, Func<Progress, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
            return await work(Silent);

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .StartAsync(context => work(new Progress(context.AddTask(title))));
    }

    /// <summary>There are so many steps more.</summary>
    public void Expect(int steps)
    {
        if (bar is null)
            return;
        bar.MaxValue = expectsAnything ? bar.MaxValue + steps : steps;
        expectsAnything = true;
    }

    /// <summary>One of them is done.</summary>
    public void Step() => bar?.Increment(1);
}
