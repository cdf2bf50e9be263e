using MilterCrypt.Cases;
using MilterCrypt.Cases.Filter;
using MilterCrypt.Cases.Mock;
using MilterCrypt.Milter.Listening;

namespace MilterCrypt.Milter.Tests.Cases;

/// <summary>The text cases of tests/cases on the library's own client, with the habits of each mail server.</summary>
public sealed class CasesOnTheMock(CasesOnTheMock.Server server) : IClassFixture<CasesOnTheMock.Server>
{
    public static TheoryData<string, string> Files { get; } =
    [
        .. from testCase in CaseFiles.All.Select(CaseFiles.Read)
           where testCase.Program is null
           from mta in (string[])["Postfix", "Sendmail"]
           select new TheoryDataRow<string, string>(testCase.File, mta) { TestDisplayName = testCase.Title },
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task IsSo(string file, string mta)
    {
        var testCase = CaseFiles.Read(file);
        var mock = new MockMta(server.Filter.Endpoint, SessionTests.Habits(mta));
        string? reason = testCase.ReasonToSkip(mock.Kind);
        Assert.SkipWhen(reason is not null, reason ?? "");
        await CaseRun.RunAsync(testCase, mock, server.Filter, TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
    }

    /// <summary>One server for all cases.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private FilterServer? filter;

        public FilterServer Filter => filter ?? throw new InvalidOperationException("not started");

        public async ValueTask InitializeAsync()
        {
            var options = new MilterOptions { ProgressInterval = TimeSpan.FromMilliseconds(50) };
            filter = await FilterServer.StartAsync(new MilterEndpoint.Inet("127.0.0.1", 0, false), options, CancellationToken.None);
        }

        public ValueTask DisposeAsync() => Filter.DisposeAsync();
    }
}
