// An object store for tests: node server.cjs FOLDER. Answers on the loopback address, says its port in a line, and ends with its standard input.

const S3rver = require('s3rver');

const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: process.argv[2], configureBuckets: [{ name: 'bucket' }] });
server.run().then((address) => console.log(address.port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
