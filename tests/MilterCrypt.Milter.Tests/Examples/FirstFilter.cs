// As in a program elsewhere, nothing here is in a namespace of ours: there each of these is needed.
// <example first filter>
using System.IO.Pipelines;
using Microsoft.Extensions.Hosting;
using MilterCrypt.Milter;
using MilterCrypt.Milter.Listening;

// </example>

internal static class FirstProgram
{
    /// <summary>The program; <paramref name="built"/> gets hold of its host before it runs.</summary>
    public static async Task RunAsync(string[] args, Action<IHost> built)
    {
        // <example first filter>
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddMilter<StampFilter>(MilterEndpoint.Parse(args[0]));
        using var host = builder.Build();
        // </example>
        built(host);
        // <example first filter>
        await host.RunAsync();

        // </example>
    }
}

// <example first filter>
internal sealed class StampFilter : IMailFilter
{
    public IMessageHandler Begin(MailTransaction mail) => new Handler();

    private sealed class Handler : IMessageHandler
    {
        public ValueTask<MailVerdict> BodyAsync(PipeReader body, CancellationToken cancellationToken) =>
            ValueTask.FromResult<MailVerdict>(new MailVerdict.Changed(
                new MessageChanges { Header = [new HeaderEdit.Add("X-Stamp", " seen"u8.ToArray())] }));
    }
}
// </example>
