import type { Price, PriceList } from './price.ts'

/**
 * The prices of 2026-11-30: list prices on demand, US dollars, without tax, transfer out of the cloud, support and discounts. What has no source was
 * not looked up. Sources were read as stored copies, of the date that they give; none of them is a cloud's own price page but where its address says so.
 */
const S3_STORAGE = { source: 'https://c3x.dev/blog/s3-storage-class-comparison', asOf: '2026' }
const S3_REQUESTS = { source: 'https://c3x.dev/blog/s3-request-fees-explained', asOf: '2026' }
const BLOB = {
  source:
    'https://github.com/api-evangelist/microsoft-azure-blob-storage/blob/main/plans/microsoft-azure-blob-storage-plans-pricing.yml',
  asOf: '2026-05-05, approximate',
}
const GCS = {
  source: 'https://github.com/api-evangelist/gcp-cloud-storage/blob/main/plans/gcp-cloud-storage-plans-pricing.yml',
  asOf: '2026-09-20, transcribed from https://cloud.google.com/storage/pricing',
}
const EVENT_HUBS = {
  source:
    'https://github.com/api-evangelist/microsoft-azure-event-hubs/blob/main/plans/microsoft-azure-event-hubs-plans-pricing.yml',
  asOf: '2026-05-05, approximate',
}

const usd = (value: number, per: string, from: Pick<Price, 'source' | 'asOf'> = {}): Price => ({
  usd: value,
  per,
  ...from,
})
const FREE = usd(0, 'nothing')
const KIB = 1024

export const PRICES: PriceList = {
  date: '2026-11-30',
  providers: [
    {
      id: 'aws',
      name: 'AWS, S3',
      region: 'us-east-1',
      tiers: [
        {
          name: 'Standard',
          fromMonth: 0,
          gbMonth: usd(0.023, 'GB and month', S3_STORAGE),
          puts: usd(0.005, '1,000 requests', S3_REQUESTS),
          gets: usd(0.0004, '1,000 requests', S3_REQUESTS),
          retrieval: FREE,
          moves: FREE,
          leastBytes: 0,
        },
        {
          name: 'Standard-IA',
          fromMonth: 3,
          gbMonth: usd(0.0125, 'GB and month', S3_STORAGE),
          puts: usd(0.01, '1,000 requests', S3_REQUESTS),
          gets: usd(0.001, '1,000 requests', S3_REQUESTS),
          retrieval: usd(0.01, 'GB', S3_REQUESTS),
          moves: usd(0.01, '1,000 objects'),
          leastBytes: 128 * KIB,
        },
        {
          name: 'Glacier Instant Retrieval',
          fromMonth: 12,
          gbMonth: usd(0.004, 'GB and month', S3_STORAGE),
          puts: usd(0.02, '1,000 requests', S3_REQUESTS),
          gets: usd(0.01, '1,000 requests', S3_REQUESTS),
          retrieval: usd(0.03, 'GB', S3_REQUESTS),
          moves: usd(0.02, '1,000 objects'),
          leastBytes: 128 * KIB,
        },
      ],
      node: usd(0.0816, 'hour of m7g.large', {
        source: 'https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/',
        asOf: '2026-06',
      }),
      cluster: usd(0.1, 'hour of EKS', {
        source: 'https://kindatechnical.com/aws-eks/lesson-31-understanding-eks-pricing.html',
        asOf: '2023-10',
      }),
      disk: usd(0.08, 'GB and month of gp3'),
    },
    {
      id: 'azure',
      name: 'Azure, Blob (LRS)',
      region: 'East US',
      tiers: [
        {
          name: 'Hot',
          fromMonth: 0,
          gbMonth: usd(0.018, 'GB and month', BLOB),
          puts: usd(0.0055, '1,000 operations', BLOB),
          gets: usd(0.00044, '1,000 operations', BLOB),
          retrieval: FREE,
          moves: FREE,
          leastBytes: 0,
        },
        {
          name: 'Cool',
          fromMonth: 3,
          gbMonth: usd(0.01, 'GB and month', BLOB),
          puts: usd(0.01, '1,000 operations'),
          gets: usd(0.001, '1,000 operations'),
          retrieval: usd(0.01, 'GB', BLOB),
          moves: usd(0.01, '1,000 objects'),
          leastBytes: 0,
        },
        {
          name: 'Cold',
          fromMonth: 12,
          gbMonth: usd(0.0036, 'GB and month', BLOB),
          puts: usd(0.018, '1,000 operations'),
          gets: usd(0.01, '1,000 operations'),
          retrieval: usd(0.03, 'GB', BLOB),
          moves: usd(0.018, '1,000 objects'),
          leastBytes: 0,
        },
      ],
      node: usd(0.095, 'hour of half a D4s v5', {
        source:
          'https://learningbro.com/courses/azure-vms-and-compute/lessons/azure-pricing-pay-as-you-go-reserved-spot-vms',
        asOf: 'not dated, illustrative',
      }),
      cluster: usd(0.1, 'hour of AKS, standard tier'),
      disk: usd(0.08, 'GB and month of Premium SSD v2'),
    },
    {
      id: 'gcp',
      name: 'Google Cloud Storage (no driver yet)',
      region: 'us-central1',
      tiers: [
        {
          name: 'Standard',
          fromMonth: 0,
          gbMonth: usd(0.02, 'GiB and month', GCS),
          puts: usd(0.005, '1,000 operations of class A', GCS),
          gets: usd(0.0004, '1,000 operations of class B', GCS),
          retrieval: FREE,
          moves: FREE,
          leastBytes: 0,
        },
        {
          name: 'Nearline',
          fromMonth: 3,
          gbMonth: usd(0.01, 'GiB and month', GCS),
          puts: usd(0.01, '1,000 operations of class A'),
          gets: usd(0.001, '1,000 operations of class B'),
          retrieval: usd(0.01, 'GiB', GCS),
          moves: usd(0.01, '1,000 objects'),
          leastBytes: 0,
        },
        {
          name: 'Coldline',
          fromMonth: 12,
          gbMonth: usd(0.004, 'GiB and month', GCS),
          puts: usd(0.02, '1,000 operations of class A'),
          gets: usd(0.01, '1,000 operations of class B'),
          retrieval: usd(0.02, 'GiB', GCS),
          moves: usd(0.02, '1,000 objects'),
          leastBytes: 0,
        },
      ],
      node: usd(0.067, 'hour of e2-standard-2'),
      cluster: usd(0.1, 'hour of GKE', {
        source: 'https://cloud.google.com/kubernetes-engine/pricing',
        asOf: '2020-06-06 and since',
      }),
      disk: usd(0.1, 'GB and month of a balanced persistent disk'),
    },
    {
      id: 'disk',
      name: 'A folder on AWS’s disks',
      region: 'us-east-1',
      tiers: [
        {
          name: 'gp3',
          fromMonth: 0,
          gbMonth: usd(0.08, 'GB and month of gp3'),
          puts: FREE,
          gets: FREE,
          retrieval: FREE,
          moves: FREE,
          leastBytes: 4 * KIB,
        },
      ],
      node: usd(0.0816, 'hour of m7g.large', {
        source: 'https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/',
        asOf: '2026-06',
      }),
      cluster: FREE,
      disk: usd(0.08, 'GB and month of gp3'),
    },
  ],
  services: {
    firehoseGb: usd(0.029, 'GB, each record as a multiple of 5 KB', {
      source: 'https://github.com/awslabs/aws-fluent-plugin-kinesis/issues/193',
      asOf: 'the rounding; the price is named by many and was not read on AWS’s page',
    }),
    firehoseParquetGb: usd(0.018, 'GB converted to Parquet'),
    eventBridgeMillion: usd(1, 'million events of up to 64 KB', {
      source: 'https://cloudburn.io/blog/amazon-eventbridge-pricing',
      asOf: '2026-03-13',
    }),
    eventHubsUnitHour: usd(0.03, 'hour of a throughput unit (1 MB/s, 1,000 events/s)', EVENT_HUBS),
    eventHubsMillion: usd(0.028, 'million events', EVENT_HUBS),
    streamAnalyticsUnitHour: usd(0.11, 'hour of a streaming unit'),
    athenaTb: usd(5, 'TB scanned', { source: 'https://pypi.org/project/athena-cost-guard/0.2.0/', asOf: '2026' }),
    synapseTb: usd(5, 'TB processed'),
    bigQueryTb: usd(6.25, 'TiB processed'),
  },
}
