using MilterCrypt.Commands;

return await CommandLine.RunAsync(args, CancellationToken.None);
